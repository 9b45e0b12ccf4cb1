package io.rebootless.agent.preflight;

import io.rebootless.agent.settings.Loader;

/**
 * Whether systemd runs this host, whose units keep the agent alive and away from CAP_SYS_MODULE.
 *
 * @param running whether {@code /run/systemd/system} is there
 * @param loader who has the kernel load livepatches
 */
record SystemdRuns(boolean running, Loader loader) implements Check {
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
                        loader == Loader.DIRECT
                                ? "Have your own init run `rebootless-agent run`, as root with CAP_SYS_MODULE."
                                : "Have your own init run rebootless-seal at boot, then `rebootless-agent run` without CAP_SYS_MODULE: setpriv --bounding-set=-sys_module --inh-caps=-sys_module");
    }
}
