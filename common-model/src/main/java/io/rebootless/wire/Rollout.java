package io.rebootless.wire;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a publication reaches the fleet: an entry of {@code GET /api/v1/rollouts}.
 *
 * @param publication whose
 * @param planName the plan's, as it was when the rollout was made
 * @param plan what it goes by; a later change of the plan of that name changes nothing here
 * @param created when
 * @param approval who has let it begin; absent if nobody has, or nobody needs to
 * @param paused who has told it to stand still; absent if it does not
 * @param builds one for each bundle, in the order of their publication; none before the first is published
 */
public record Rollout(
        String publication,
        String planName,
        RolloutPlan plan,
        Instant created,
        @Nullable Decision approval,
        @Nullable Decision paused,
        List<Build> builds) {

    /**
     * What somebody has decided.
     *
     * @param at when
     * @param by name of the API key
     * @param reason for people; absent if none was given
     */
    public record Decision(Instant at, String by, @Nullable String reason) {}

    /**
     * The rollout of one bundle.
     *
     * @param kernel the kernel build that it is for
     * @param bundle identity of the bundle
     * @param level the bundle's
     * @param state where it stands
     * @param since when it came to stand there
     * @param reason why it waits, halted or ended
     * @param quarantined no host is handed the bundle, and those that have not settled are told to go back
     * @param ring the one under way, counted from 1; 0 before the first
     * @param hosts how many stand where
     */
    public record Build(
            KernelBuild kernel,
            Sha256 bundle,
            long level,
            RolloutState state,
            Instant since,
            @Nullable String reason,
            boolean quarantined,
            int ring,
            Hosts hosts) {}

    /**
     * How many hosts stand where; see {@link RolloutHostState}.
     *
     * @param drawn spared so far
     * @param released may fetch it
     * @param handed under way
     * @param settled done
     * @param failed refused or failed
     * @param incident seem to have crashed, or have failed a probe
     * @param silent have fallen silent since they were handed it
     * @param unreached were not heard of
     * @param held are held back
     * @param gone are not concerned any more
     */
    public record Hosts(
            int drawn,
            int released,
            int handed,
            int settled,
            int failed,
            int incident,
            int silent,
            int unreached,
            int held,
            int gone) {}
}
