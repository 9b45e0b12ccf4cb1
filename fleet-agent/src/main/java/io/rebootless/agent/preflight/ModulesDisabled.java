package io.rebootless.agent.preflight;

/**
 * {@code kernel.modules_disabled}, which a reboot alone undoes.
 *
 * @param sysctl {@code /proc/sys/kernel/modules_disabled}
 */
record ModulesDisabled(Seen sysctl) implements Check {
    @Override
    public String name() {
        return "modules-disabled";
    }

    @Override
    public Finding judge() {
        if (sysctl instanceof Seen.Denied denied) {
            return unseen(denied.why(), SecurityFiles.AS_ROOT);
        }
        if (sysctl instanceof Seen.Absent) {
            return blocked("this kernel loads no modules (CONFIG_MODULES is not set)", "Boot one that does.");
        }
        return sysctl.says("0")
                ? ready("kernel.modules_disabled=0")
                : blocked(
                        "kernel.modules_disabled=1: no module and no livepatch is loaded until the next boot",
                        "Take the setting out of /etc/sysctl.d, and reboot. The sealed rebootless.ko and"
                                + " CapabilityBoundingSet=~CAP_SYS_MODULE for services do what it is set for.");
    }
}
