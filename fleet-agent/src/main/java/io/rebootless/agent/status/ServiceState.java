package io.rebootless.agent.status;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.rebootless.agent.host.ProcessTable;
import io.rebootless.agent.memory.ServiceMark;
import java.util.Optional;

/** Whether {@code rebootless-agent run} is alive. */
public enum ServiceState {
    @JsonProperty("running")
    RUNNING,
    @JsonProperty("stopped")
    STOPPED,
    /** {@code /proc} shows this user no processes of others. */
    @JsonProperty("unknown")
    UNKNOWN;

    /** By the mark that the service has left: a process with its number that was started then, in this boot. */
    static ServiceState of(Optional<ServiceMark> mark, String bootId, ProcessTable processes) {
        var ofThisBoot = mark.filter(service -> service.bootId().equals(bootId));
        if (ofThisBoot.isEmpty()) {
            return STOPPED;
        }
        var service = ofThisBoot.get();
        var started = processes.startTicks(service.pid());
        if (started.isEmpty() && !processes.showsOthers()) {
            return UNKNOWN;
        }
        return started.filter(ticks -> ticks == service.startTicks()).isPresent() ? RUNNING : STOPPED;
    }
}
