package io.rebootless.server.fleet;

import io.rebootless.server.fleet.HostFacts.Reported;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.Protection;
import java.time.Duration;
import java.time.Instant;

/** What the server dares to say of a host. When in doubt it says less. */
final class ProtectionRule {
    private ProtectionRule() {}

    /**
     * The verdict.
     *
     * @param newestLevel the newest level published for the host's kernel build, 0 if none
     * @param silentAfter how long a host may say nothing
     */
    static Protection of(HostFacts host, long newestLevel, Instant now, Duration silentAfter) {
        Reported report = host.report();
        if (host.cloned()) {
            return Protection.ATTENTION;
        }
        if (report == null || host.silent(now, silentAfter)) {
            return Protection.UNKNOWN;
        }
        if (report.state() == AgentState.REFUSED
                || report.state() == AgentState.FAILED
                || report.state() == AgentState.HELD) {
            return Protection.ATTENTION;
        }
        if (newestLevel == 0) {
            return Protection.UNKNOWN;
        }
        return report.inForce() && report.livepatch().level() >= newestLevel ? Protection.PROTECTED : Protection.BEHIND;
    }
}
