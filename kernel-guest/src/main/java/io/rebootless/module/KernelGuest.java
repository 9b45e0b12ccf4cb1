package io.rebootless.module;

import io.rebootless.guest.DebianKernel;
import io.rebootless.guest.Guest;
import io.rebootless.guest.Machine;
import io.rebootless.kernel.BuildId;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.kernel.KernelNotes;
import io.rebootless.trust.PublisherCertificate;
import java.nio.file.Path;
import java.util.Optional;

/** A guest's kernel as somebody sees it who speaks the module's sysfs ABI by hand, as root. */
public final class KernelGuest {
    public static final String ABI = "/sys/kernel/rebootless/";

    /** Where the module lies in a guest. */
    public static final String MODULE = "/usr/lib/rebootless/rebootless.ko";

    /** Where a package would put the loader: the module looks for it there unless told otherwise. */
    public static final String LOADER = "/usr/lib/rebootless/rebootless-load";

    private static final String COMPLAINTS =
            "BUG:|WARNING:|KASAN:|UBSAN:|Oops|possible (circular|recursive) locking|inconsistent lock|suspicious RCU";

    /** An out-of-tree module, an unsigned one, a livepatch (Documentation/admin-guide/tainted-kernels). */
    private static final long EXPECTED_TAINTS = 1 << 12 | 1 << 13 | 1 << 15;

    /** Two scans: what is lost for moments only is not lost. Silent where the kernel has no kmemleak. */
    private static final String LEAKS = """
            leaks=/sys/kernel/debug/kmemleak
            [ -e $leaks ] || mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null || true
            [ -e $leaks ] || exit 0
            echo scan >$leaks; sleep 6; echo scan >$leaks
            grep -q rebootless $leaks && cat $leaks || true""";

    private final Guest guest;

    private KernelGuest(Guest guest) {
        this.guest = guest;
    }

    /** A machine on which the module and its loader are installed, nothing loaded. */
    public static Machine machine(DebianKernel kernel, Path module, Path loader) {
        Machine machine = Machine.with(kernel);
        machine.files().file(MODULE, module).file(LOADER, loader);
        return machine;
    }

    /** A guest whose module is loaded already. */
    public static KernelGuest of(Guest guest) {
        return new KernelGuest(guest);
    }

    /** Loads the module into a guest that has it, with module parameters such as {@code loader=/tmp/loader}. */
    public static KernelGuest load(Guest guest, String... parameters) {
        guest.sh("insmod %s %s".formatted(MODULE, String.join(" ", parameters)));
        return new KernelGuest(guest);
    }

    /** Loads the module, trusts these publishers and seals. */
    public static KernelGuest sealed(Guest guest, int threshold, PublisherCertificate... publishers) {
        return load(guest).seal(threshold, publishers);
    }

    /** Trusts these publishers and seals. */
    public KernelGuest seal(int threshold, PublisherCertificate... publishers) {
        for (var publisher : publishers) {
            guest.push(publisher.der(), "/tmp/publisher.der");
            guest.sh("cat /tmp/publisher.der >%strust".formatted(ABI));
        }
        guest.sh("echo %d >%2$sthreshold && echo 1 >%2$ssealed".formatted(threshold, ABI));
        return this;
    }

    public Guest guest() {
        return guest;
    }

    /** Which kernel build runs there. */
    public KernelBuild build() {
        BuildId buildId = KernelNotes.buildId(guest.pull("/sys/kernel/notes")).orElseThrow();
        return new KernelBuild(guest.sh("uname -r"), guest.sh("uname -v"), guest.sh("uname -m"), buildId);
    }

    /** Writes a value to a file of the ABI; returns {@code last_error}. */
    public String write(String file, String value) {
        return guest.sh("echo '%s' 2>/dev/null >%2$s%3$s; cat %2$slast_error".formatted(value, ABI, file));
    }

    public String read(String file) {
        return guest.sh("cat " + ABI + file);
    }

    /** Stages a bundle and commands {@code upgrade}; returns {@code last_error}. */
    public String upgrade(byte[] bundle) {
        return apply(bundle, "upgrade");
    }

    /** Stages a bundle and commands {@code word}; returns {@code last_error}. */
    public String apply(byte[] bundle, String word) {
        return stage(bundle) ? write("apply", word) : read("last_error");
    }

    /** Writes a bundle, and leaves it there; returns whether the kernel took all of it. */
    public boolean stage(byte[] bundle) {
        guest.push(bundle, "/tmp/bundle.rlb");
        return guest.run("dd if=/tmp/bundle.rlb of=%sbundle bs=4096 conv=notrunc".formatted(ABI))
                        .exit()
                == 0;
    }

    /** Waits until every task runs the new code. */
    public void awaitTransition() {
        guest.sh("""
                for i in $(seq 600); do
                    grep -qs 1 /sys/kernel/livepatch/*/transition || exit 0
                    usleep 100000
                done
                exit 1""");
    }

    /** Disables every livepatch, waits, and unloads those of ours. */
    public void revert() {
        // While a transition goes on, the kernel takes a word about no other livepatch. When the folder is gone, the
        // kernel has yet to let go of the module: level says when.
        guest.sh("""
                for i in $(seq 500); do
                    left=0
                    for patch in /sys/kernel/livepatch/*; do
                        [ -d "$patch" ] || continue
                        left=1
                        grep -qs 1 /sys/kernel/livepatch/*/transition || echo 0 2>/dev/null >"$patch/enabled"
                    done
                    [ $left = 1 ] || break
                    usleep 100000
                done
                [ $left = 0 ]""");
        guest.sh("""
                for i in $(seq 100); do
                    grep -qx 0 /sys/kernel/rebootless/level && exit 0
                    usleep 20000
                done; true"""); // what was forced is never let go of
        write("apply", "discard");
        write("apply", "clear");
    }

    /**
     * What the kernel complains about, with the end of its log: an oops, a warning, a lock out of order, a taint that is
     * not a livepatch's or, where it can tell, memory lost by the module.
     */
    public Optional<String> complaints() {
        String complaints = guest.sh("dmesg | grep -E '%s' || true".formatted(COMPLAINTS));
        long taint = Long.parseLong(guest.sh("cat /proc/sys/kernel/tainted")) & ~EXPECTED_TAINTS;
        String leaks = guest.sh(LEAKS);
        return complaints.isEmpty() && taint == 0 && leaks.isEmpty()
                ? Optional.empty()
                : Optional.of("The kernel complains (taint %d):%n%s%n%s%n%s"
                        .formatted(taint, complaints, leaks, guest.sh("dmesg | tail -n 200")));
    }

    /** Asserts that the kernel has nothing to complain about. */
    public void assertHealthy() {
        complaints().ifPresent(complaints -> {
            throw new AssertionError(complaints);
        });
    }
}
