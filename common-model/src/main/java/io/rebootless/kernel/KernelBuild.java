package io.rebootless.kernel;

/**
 * One build of a kernel. A livepatch fits exactly one; two builds with one release string are different builds.
 *
 * @param release {@code uname -r}, 1 to 64 printable ASCII characters without space or slash
 * @param version {@code uname -v}, 1 to 64 printable ASCII characters
 * @param machine {@code uname -m}, 1 to 15 printable ASCII characters without space or slash
 * @param buildId the GNU build-id from {@code /sys/kernel/notes}
 */
public record KernelBuild(String release, String version, String machine, BuildId buildId) {
    /** The kernel's {@code __NEW_UTS_LEN}. */
    public static final int MAX_UTS_CHARS = 64;

    public static final int MAX_MACHINE_CHARS = 15;

    public KernelBuild {
        word("kernel release", release, MAX_UTS_CHARS);
        text("kernel version", version, MAX_UTS_CHARS);
        word("machine", machine, MAX_MACHINE_CHARS);
        java.util.Objects.requireNonNull(buildId, "build-id");
    }

    private static void text(String what, String value, int max) {
        if (value.isEmpty() || value.length() > max || !value.chars().allMatch(c -> c >= 0x20 && c <= 0x7e)) {
            throw new IllegalArgumentException("%s: 1 to %d printable ASCII characters expected".formatted(what, max));
        }
    }

    private static void word(String what, String value, int max) {
        text(what, value, max);
        if (value.indexOf(' ') >= 0 || value.indexOf('/') >= 0) {
            throw new IllegalArgumentException(what + ": no space and no slash allowed");
        }
    }

    /** As people read it: {@code 6.1.0-56-amd64 (1a2b3c4d…)}. */
    @Override
    public String toString() {
        return release + " (" + buildId.hex().substring(0, 12) + "…)";
    }
}
