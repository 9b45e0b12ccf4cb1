package io.rebootless.agent.memory;

import io.rebootless.bundle.Sha256;
import io.rebootless.wire.BlockingTask;
import io.rebootless.wire.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of bundles that did not make it, and of those that they would have replaced.
 *
 * @param earlier what had settled before {@link Progress#settled}: there when that one may not come back
 * @param retreat handed over, given up, and not gone yet
 * @param rejected what the host's probes have turned down
 * @param verdicts on other bundles than {@link Progress#verdict} speaks of
 * @param blocking who held a transition up last
 */
public record Trial(
        Optional<HandedOver> earlier,
        Optional<Retreat> retreat,
        List<Rejection> rejected,
        List<Verdict> verdicts,
        Optional<Blocking> blocking) {
    public static final Trial NONE =
            new Trial(Optional.empty(), Optional.empty(), List.of(), List.of(), Optional.empty());

    /** A directive names one bundle, and two more may be tried in its place. */
    private static final int MAX_VERDICTS = 4;

    /**
     * A bundle on its way out because it has failed.
     *
     * @param bundle which
     * @param since when it was given up, since boot
     * @param failure why
     */
    public record Retreat(HandedOver bundle, Duration since, Failure failure) {}

    /**
     * A bundle whose probes have failed.
     *
     * @param bundle its identity
     * @param generation of the directive under which they did: a new directive is a new chance, a boot is none
     * @param failure what they said
     */
    public record Rejection(Sha256 bundle, long generation, Failure failure) {}

    /**
     * Tasks that had not switched over when their time was up.
     *
     * @param module the livepatch's name in the kernel
     * @param reversal whether they held its way out up, rather than its way in
     * @param tasks some of them
     */
    public record Blocking(String module, boolean reversal, List<BlockingTask> tasks) {
        public Blocking {
            tasks = List.copyOf(tasks);
        }
    }

    public Trial(
            Optional<HandedOver> earlier,
            Optional<Retreat> retreat,
            @Nullable List<Rejection> rejected,
            @Nullable List<Verdict> verdicts,
            Optional<Blocking> blocking) {
        this.earlier = earlier;
        this.retreat = retreat;
        this.rejected = rejected == null ? List.of() : List.copyOf(rejected);
        this.verdicts = verdicts == null ? List.of() : List.copyOf(verdicts);
        this.blocking = blocking;
    }

    /** Another bundle is tried: whoever held the one before it up is of no interest any more. */
    public Trial attempting() {
        return new Trial(earlier, Optional.empty(), rejected, verdicts, Optional.empty());
    }

    public Trial retreating(Retreat begun) {
        return new Trial(earlier, Optional.of(begun), rejected, verdicts, blocking);
    }

    public Trial retreated() {
        return new Trial(earlier, Optional.empty(), rejected, verdicts, blocking);
    }

    /** Nothing shall come back by itself. */
    public Trial withdrawn() {
        return new Trial(Optional.empty(), Optional.empty(), rejected, verdicts, Optional.empty());
    }

    public Trial replaced(HandedOver settledBefore) {
        return new Trial(Optional.of(settledBefore), retreat, rejected, verdicts, blocking);
    }

    public Trial blockedBy(Blocking tasks) {
        return new Trial(earlier, retreat, rejected, verdicts, Optional.of(tasks));
    }

    /** It is turned off once more: whoever held that up the last time need not be who does now. */
    public Trial unblocked() {
        return new Trial(earlier, retreat, rejected, verdicts, Optional.empty());
    }

    /** Those of earlier directives are of no interest any more. */
    public Trial rejecting(Rejection another) {
        var more = Stream.concat(
                        rejected.stream()
                                .filter(known -> known.generation() == another.generation())
                                .filter(known -> !known.bundle().equals(another.bundle())),
                        Stream.of(another))
                .toList();
        return new Trial(earlier, retreat, more, verdicts, blocking);
    }

    /** Keeps a verdict that has to make room for one on {@code next}. */
    public Trial keeping(Optional<Verdict> displaced, Sha256 next) {
        var kept = Stream.concat(displaced.stream(), verdicts.stream())
                .filter(verdict -> !verdict.bundle().equals(next))
                .limit(MAX_VERDICTS)
                .toList();
        return new Trial(earlier, retreat, rejected, kept, blocking);
    }

    public Trial withVerdicts(List<Verdict> remaining) {
        return new Trial(earlier, retreat, rejected, remaining, blocking);
    }

    /** Somebody has asked to try again whatever the probes said. */
    public Trial givenAnotherChance() {
        return new Trial(earlier, retreat, List.of(), verdicts, blocking);
    }

    /** Why the probes forbid a bundle under this directive. */
    public Optional<Failure> rejection(Sha256 identity, long generation) {
        return rejected.stream()
                .filter(one -> one.bundle().equals(identity) && one.generation() == generation)
                .map(Rejection::failure)
                .findFirst();
    }
}
