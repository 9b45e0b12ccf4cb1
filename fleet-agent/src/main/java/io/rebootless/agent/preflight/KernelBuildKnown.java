package io.rebootless.agent.preflight;

import io.rebootless.kernel.KernelBuild;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which kernel build runs: without a build-id no bundle can be matched to it.
 *
 * @param kernel if it could be told
 * @param fault why not
 */
record KernelBuildKnown(Optional<KernelBuild> kernel, String fault) implements Check {
    /** The kernel module needs what came with 5.10. */
    private static final int OLDEST = 5010;

    private static final Pattern RELEASE = Pattern.compile("([0-9]{1,3})\\.([0-9]{1,3}).*");

    @Override
    public String name() {
        return "kernel-build";
    }

    @Override
    public Finding judge() {
        if (kernel.isEmpty()) {
            return blocked(
                    fault,
                    "Run this on the host itself, not in a container; a kernel of one's own must be linked with --build-id.");
        }
        var build = kernel.get();
        String words = "Linux %s %s, build-id %s"
                .formatted(build.release(), build.machine(), build.buildId().hex());
        var release = RELEASE.matcher(build.release());
        if (release.matches()
                && Integer.parseInt(release.group(1)) * 1000 + Integer.parseInt(release.group(2)) < OLDEST) {
            return blocked(words + ": older than 5.10", "Boot Linux 5.10 or newer.");
        }
        return ready(words);
    }
}
