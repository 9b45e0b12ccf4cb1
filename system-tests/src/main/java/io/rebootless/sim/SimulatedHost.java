package io.rebootless.sim;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.wire.AgentReport;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.Enrollment;
import io.rebootless.wire.Failure;
import io.rebootless.wire.LivepatchState;
import io.rebootless.wire.QuarantinedBundle;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What one host knows and says. Used by one thread at a time. */
final class SimulatedHost {
    private static final String NOTHING = "";

    private final String hostname;
    private final KernelBuild kernel;
    private final UUID journal = UUID.randomUUID();
    private final Enrollment enrollment;
    private long reports;
    private String etag = NOTHING;
    private @Nullable BundleReference told;
    private @Nullable BundleReference inForce;
    private @Nullable QuarantinedBundle quarantined;
    private AgentState state = AgentState.IDLE;
    private @Nullable Failure failure;

    SimulatedHost(String hostname, KernelBuild kernel, Enrollment enrollment) {
        this.hostname = hostname;
        this.kernel = kernel;
        this.enrollment = enrollment;
    }

    UUID id() {
        return enrollment.hostId();
    }

    String token() {
        return enrollment.token();
    }

    KernelBuild kernel() {
        return kernel;
    }

    String etag() {
        return etag;
    }

    /** Takes a directive; answers whether there is something new to apply. */
    boolean told(@Nullable BundleReference bundle, String newEtag) {
        etag = newEtag;
        boolean fresh = bundle != null
                && !bundle.equals(told)
                && (quarantined == null || !quarantined.bundle().equals(bundle.identity()));
        told = bundle;
        if (bundle == null) {
            inForce = null;
            state = AgentState.IDLE;
        }
        return fresh;
    }

    /** It has applied what it was told to run, and soaked. */
    void settles() {
        inForce = told;
        state = AgentState.SETTLED;
        failure = null;
    }

    /** The kernel would not have it. */
    void fails() {
        state = AgentState.FAILED;
        failure = new Failure("kernel-error", "simulated: the kernel refused it");
    }

    /** It comes back after a crash, and says so. */
    void crashes() {
        if (told == null) {
            return;
        }
        quarantined = new QuarantinedBundle(
                UUID.randomUUID(),
                told.identity(),
                told.level(),
                told.publication(),
                Instant.now(),
                "boot-0",
                new Failure("suspected-crash", "simulated: boot-0 ended without a word"));
        inForce = null;
        state = AgentState.IDLE;
        failure = null;
    }

    AgentReport report() {
        reports++;
        Sha256 bundle = told == null ? null : told.identity();
        long level = inForce == null ? 0 : inForce.level();
        return new AgentReport(
                1,
                journal,
                reports,
                hostname,
                kernel,
                "boot-1",
                100,
                "simulated",
                Instant.now(),
                1,
                state,
                state == AgentState.IDLE ? null : bundle,
                new LivepatchState(true, true, level, 0, level == 0 ? null : "fix_" + level, level > 0, false),
                failure,
                List.of(),
                null,
                quarantined == null ? List.of() : List.of(quarantined),
                List.of(),
                Map.of(AgentReport.OS_ID, "simulated"));
    }
}
