package io.rebootless.agent.preflight;

import java.util.Optional;

/**
 * LoadPin takes modules from one file system only, and neither sysfs nor tmpfs is that.
 *
 * @param source where livepatches come from
 * @param security which security modules are active
 * @param enforce {@code /proc/sys/kernel/loadpin/enforce}
 * @param argument what {@code loadpin.enforce=} on the kernel's command line says
 */
record LoadPin(ImageSource source, SecurityFiles security, Seen enforce, Optional<String> argument) implements Check {
    @Override
    public String name() {
        return "loadpin";
    }

    @Override
    public Finding judge() {
        if (security.state() == SecurityFiles.State.UNMOUNTED) {
            return security.absent(this, "");
        }
        if (!security.active().contains("loadpin")) {
            return ready("not active");
        }
        boolean off = enforce.text()
                .map("0"::equals)
                .orElseGet(() -> argument.filter("0"::equals).isPresent());
        return off
                ? ready("not enforced")
                : blocked(
                        "enforced: livepatches come from %s, which is not the pinned file system (EPERM loader-failed)"
                                .formatted(source),
                        "Boot with loadpin.enforce=0, or reboot into fixed kernels on such hosts.");
    }
}
