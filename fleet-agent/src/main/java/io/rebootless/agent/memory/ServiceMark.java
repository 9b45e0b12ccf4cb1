package io.rebootless.agent.memory;

import java.util.Objects;

/**
 * Which process is the service: the pid alone would be somebody else's after a while.
 *
 * @param version 1
 * @param pid its number
 * @param startTicks when it was started, as {@code /proc/PID/stat} says it
 * @param bootId in which boot
 * @param agentVersion the agent's own
 */
public record ServiceMark(int version, long pid, long startTicks, String bootId, String agentVersion) {
    public ServiceMark {
        Objects.requireNonNull(bootId, "bootId");
        Objects.requireNonNull(agentVersion, "agentVersion");
    }
}
