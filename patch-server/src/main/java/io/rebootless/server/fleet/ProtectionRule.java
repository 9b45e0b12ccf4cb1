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
     * @param newestLevel the newest level published for the host's kernel build and not withdrawn, 0 if none
     * @param withdrawn whether the bundle that the host speaks of was withdrawn: nothing is claimed of it
     * @param silentAfter how long a host may say nothing
     */
    static Protection of(HostFacts host, long newestLevel, boolean withdrawn, Instant now, Duration silentAfter) {
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
        if (newestLevel == 0 || withdrawn) {
            return Protection.UNKNOWN;
        }
        return report.inForce() && report.livepatch().level() >= newestLevel ? Protection.PROTECTED : Protection.BEHIND;
    }
}
