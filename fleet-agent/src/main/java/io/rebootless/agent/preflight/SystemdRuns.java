package io.rebootless.agent.preflight;

/**
 * Whether systemd runs this host, whose units keep the agent alive and away from CAP_SYS_MODULE.
 *
 * @param running whether {@code /run/systemd/system} is there
 */
record SystemdRuns(boolean running) implements Check {
    @Override
    public String name() {
        return "systemd";
    }

    @Override
    public Finding judge() {
        return running
                ? ready("it runs this host")
                : attention(
                        "it does not run this host, so the units do nothing",
                        "Have your own init run rebootless-seal at boot, then `rebootless-agent run` without CAP_SYS_MODULE: setpriv --bounding-set=-sys_module --inh-caps=-sys_module");
    }
}
