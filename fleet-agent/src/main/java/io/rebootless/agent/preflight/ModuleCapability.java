package io.rebootless.agent.preflight;

import java.util.regex.Pattern;

/**
 * CAP_SYS_MODULE, which an agent needs that loads livepatches itself, and which its unit takes from it.
 *
 * @param status {@code /proc/self/status}: what this process, and so its children, may have at most
 * @param systemd whether it runs the host
 * @param dropIn whether a drop-in for the service's unit names the capability
 */
record ModuleCapability(Seen status, boolean systemd, boolean dropIn) implements Check {
    private static final int CAP_SYS_MODULE = 16;
    private static final Pattern BOUNDING = Pattern.compile("(?ms).*^CapBnd:\\s*([0-9a-f]{16})$.*");

    @Override
    public String name() {
        return "module-capability";
    }

    @Override
    public Finding judge() {
        var bounding = BOUNDING.matcher(status.text().orElse(""));
        if (bounding.matches() && (Long.parseUnsignedLong(bounding.group(1), 16) >> CAP_SYS_MODULE & 1) == 0) {
            return blocked(
                    "no process here may have CAP_SYS_MODULE: nothing can be loaded (EPERM loader-failed)",
                    "Run the agent on the host, not in a container.");
        }
        return systemd && !dropIn
                ? attention(
                        "rebootless-agent.service takes CAP_SYS_MODULE from the agent: it could load nothing",
                        "Put /usr/lib/rebootless-agent/loader-direct.conf into"
                                + " /etc/systemd/system/rebootless-agent.service.d/, and: systemctl daemon-reload")
                : ready("the agent may have CAP_SYS_MODULE");
    }
}
