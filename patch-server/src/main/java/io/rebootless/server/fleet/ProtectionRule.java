package io.rebootless.server.fleet;

import io.rebootless.server.fleet.HostFacts.Reported;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.Protection;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What the server dares to say of a host. When in doubt it says less. */
final class ProtectionRule {
    private ProtectionRule() {}

    /**
     * The verdict.
     *
     * @param newest the newest bundle published for the host's kernel build and not withdrawn
     * @param withdrawn whether the bundle that the host speaks of was withdrawn: nothing is claimed of it
     * @param silentAfter how long a host may say nothing
     */
    static Protection of(
            HostFacts host, Optional<BundleReference> newest, boolean withdrawn, Instant now, Duration silentAfter) {
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
        if (newest.isPresent() && host.quarantines(newest.get().identity())) {
            // It will not do what it is told, in force or not: after its next boot it does not apply it again.
            return Protection.ATTENTION;
        }
        if (newest.isEmpty() || withdrawn) {
            return Protection.UNKNOWN;
        }
        return report.inForce() && report.livepatch().level() >= newest.get().level()
                ? Protection.PROTECTED
                : Protection.BEHIND;
    }
}
