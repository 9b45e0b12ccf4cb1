package io.rebootless.agent.preflight;

import java.util.List;

/**
 * Livepatches that are not ours: an atomic replacement would take them away without a word, so the agent refuses.
 *
 * @param livepatches names of those in force
 * @param systems kernel modules of live patching systems that do not use the kernel's own livepatching
 */
record ForeignLivepatches(List<String> livepatches, List<String> systems) implements Check {
    ForeignLivepatches {
        livepatches = List.copyOf(livepatches);
        systems = List.copyOf(systems);
    }

    @Override
    public String name() {
        return "foreign-livepatches";
    }

    @Override
    public Finding judge() {
        if (!livepatches.isEmpty()) {
            return blocked(
                    "not ours, and in force: %s".formatted(String.join(", ", livepatches)),
                    "Turn off and uninstall what brought it (kpatch, canonical-livepatch, SUSE's kernel-livepatch), or: echo 0 > /sys/kernel/livepatch/%s/enabled"
                            .formatted(livepatches.get(0)));
        }
        if (!systems.isEmpty()) {
            return attention(
                    "another live patching system is loaded: %s".formatted(String.join(", ", systems)),
                    "Have one system patch this host: two may change the same function.");
        }
        return ready("none");
    }
}
