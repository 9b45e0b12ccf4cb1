package io.rebootless.agent.cycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.agent.cycle.Round.Probed;
import io.rebootless.agent.kernel.LivepatchKernel;
import io.rebootless.agent.memory.CrashWatch;
import io.rebootless.agent.memory.HandedOver;
import io.rebootless.agent.memory.Hold;
import io.rebootless.agent.memory.Memory;
import io.rebootless.agent.memory.Orders;
import io.rebootless.agent.memory.Progress;
import io.rebootless.agent.memory.Trial;
import io.rebootless.agent.memory.Trial.Blocking;
import io.rebootless.agent.memory.Trial.Rejection;
import io.rebootless.agent.memory.Trial.Retreat;
import io.rebootless.agent.memory.Verdict;
import io.rebootless.agent.memory.Withdrawal;
import io.rebootless.agent.policy.Policy;
import io.rebootless.agent.settings.Loader;
import io.rebootless.bundle.BundleHeader;
import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.BuildId;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.Directive;
import io.rebootless.wire.Failure;
import io.rebootless.wire.LivepatchState;
import io.rebootless.wire.QuarantinedBundle;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What must hold of every decision, whatever a host looks like. */
class DecisionTest {
    private static final KernelBuild OTHER =
            new KernelBuild("6.1.0-57-amd64", "#1", "x86_64", new BuildId("ee".repeat(20)));
    private static final String BOOT = "this boot";
    private static final Duration DEADLINE = Duration.ofSeconds(90);

    /** A seed makes a situation: few values for each part, so that they often meet. */
    @Provide
    Arbitrary<Situation> situations() {
        return Arbitraries.randomValue(DecisionTest::situation);
    }

    private static Situation situation(Random random) {
        var loader = random.nextInt(4) == 0 ? Loader.DIRECT : Loader.MODULE;
        return new Situation(
                TestBundles.KERNEL,
                BOOT,
                Duration.ofSeconds(100 + random.nextInt(300)),
                memory(random),
                maybe(random, 4, new Hold(Hold.Mode.values()[random.nextInt(3)], "because", Instant.EPOCH)),
                new Policy(random.nextBoolean(), random.nextBoolean()),
                loader,
                kernel(random, loader),
                livepatches(random),
                cached(random),
                round(random),
                new Rules(
                        DEADLINE,
                        random.nextBoolean() ? Duration.ZERO : Duration.ofMinutes(1),
                        Duration.ofSeconds(10)));
    }

    private static Memory memory(Random random) {
        long generation = random.nextInt(3);
        var kind = Directive.Order.values()[random.nextInt(3)];
        var directive =
                new Directive(1, generation, kind, kind == Directive.Order.RUN ? reference(level(random)) : null, null);
        var orders = new Orders(
                generation, maybe(random, 5, directive), Optional.empty(), Optional.of(TestBundles.KERNEL.buildId()));
        var failure = new Failure("some-reason", "some words");
        var verdict = new Verdict(
                reference(level(random)).identity(),
                random.nextInt(3),
                boot(random),
                random.nextBoolean() ? AgentState.REFUSED : AgentState.FAILED,
                failure,
                1,
                Duration.ofSeconds(random.nextInt(500)));
        var progress = new Progress(
                random.nextInt(3) == 0 ? Optional.of(handedOver(random)) : Optional.empty(),
                maybe(random, 2, handedOver(random)),
                random.nextInt(4) == 0
                        ? Optional.of(new Withdrawal("fix_1", boot(random), Duration.ofSeconds(random.nextInt(300))))
                        : Optional.empty(),
                maybe(random, 2, verdict));
        return new Memory(
                1,
                orders,
                Memory.EMPTY.standing(),
                progress,
                Memory.EMPTY.reporting(),
                Map.of(TestBundles.KERNEL.buildId().hex(), (long) random.nextInt(3)),
                new CrashWatch(Optional.empty(), List.of(), quarantined(random)),
                trial(random, failure));
    }

    private static List<QuarantinedBundle> quarantined(Random random) {
        var reference = reference(level(random));
        return random.nextInt(3) > 0
                ? List.of()
                : List.of(new QuarantinedBundle(
                        new UUID(0, 0),
                        reference.identity(),
                        reference.level(),
                        reference.publication(),
                        Instant.EPOCH,
                        "an earlier boot",
                        new Failure("suspected-crash", "some words")));
    }

    private static Trial trial(Random random, Failure failure) {
        return new Trial(
                maybe(random, 2, handedOver(random)),
                random.nextInt(4) == 0
                        ? Optional.of(new Retreat(handedOver(random), Duration.ofSeconds(random.nextInt(300)), failure))
                        : Optional.empty(),
                random.nextInt(3) == 0
                        ? List.of(new Rejection(reference(level(random)).identity(), random.nextInt(3), failure))
                        : List.of(),
                List.of(),
                random.nextBoolean()
                        ? Optional.of(new Blocking("fix_" + level(random), random.nextBoolean(), List.of()))
                        : Optional.empty());
    }

    private static Round round(Random random) {
        return new Round(
                maybe(random, 2, checked(random)),
                maybe(random, 2, new Probed(handedOver(random), Duration.ofSeconds(random.nextInt(400)))),
                random.nextInt(5) == 0 ? Optional.of(new Failure("probe-unfit", "some words")) : Optional.empty(),
                random.nextInt(5) == 0 ? Optional.of(reference(level(random)).identity()) : Optional.empty(),
                random.nextInt(5) == 0
                        ? Optional.of(new Failure("floor-not-restored", "some words"))
                        : Optional.empty());
    }

    private static LivepatchState kernel(Random random, Loader loader) {
        if (random.nextInt(10) == 0) {
            return LivepatchState.absent();
        }
        long level = random.nextInt(4);
        boolean module = loader == Loader.MODULE;
        return new LivepatchState(
                module,
                module && random.nextInt(10) != 0,
                level,
                random.nextInt(3),
                level == 0 ? null : "fix_" + level,
                level > 0 && random.nextInt(4) != 0,
                level > 0 && random.nextInt(4) == 0);
    }

    private static Set<String> livepatches(Random random) {
        var names = new TreeSet<String>();
        if (random.nextInt(8) == 0) {
            names.add("kpatch_5");
        }
        names.add("fix_" + level(random));
        return random.nextBoolean() ? Set.of() : names;
    }

    private static Set<Sha256> cached(Random random) {
        var files = new HashSet<Sha256>();
        LongStream.rangeClosed(1, 3)
                .filter(level -> random.nextBoolean())
                .forEach(level -> files.add(reference(level).fileDigest()));
        return files;
    }

    private static Checked checked(Random random) {
        long level = level(random);
        var kernel = random.nextInt(5) == 0 ? OTHER : TestBundles.KERNEL;
        return new Checked(reference(level), new BundleHeader(true, level, 0, 10, 10, kernel, "fix_" + level));
    }

    private static HandedOver handedOver(Random random) {
        long level = level(random);
        return new HandedOver(
                reference(level),
                "fix_" + level,
                random.nextBoolean(),
                random.nextInt(5) == 0 ? OTHER.buildId() : TestBundles.KERNEL.buildId(),
                boot(random),
                Duration.ofSeconds(random.nextInt(300)),
                maybe(random, 2, Duration.ofSeconds(random.nextInt(300))));
    }

    private static BundleReference reference(long level) {
        return new BundleReference(
                Sha256.of(new byte[] {(byte) level}),
                Sha256.of(new byte[] {9, (byte) level}),
                1000,
                level,
                "2026." + level);
    }

    private static long level(Random random) {
        return 1 + random.nextInt(3);
    }

    private static String boot(Random random) {
        return random.nextInt(3) == 0 ? "an earlier boot" : BOOT;
    }

    private static <T> Optional<T> maybe(Random random, int oneIn, T value) {
        return random.nextInt(oneIn) == 0 ? Optional.empty() : Optional.of(value);
    }

    @Property(tries = 20_000)
    void onlyAVerifiedBundleThatFitsIsHandedOverAndOnlyToAReadyKernel(@ForAll("situations") Situation now) {
        if (!(Decision.next(now) instanceof Step.HandOver step)) {
            return;
        }
        assertThat(now.round().checked()).contains(step.bundle());
        assertThat(step.bundle().header().kernel()).isEqualTo(now.running());
        assertThat(step.bundle().header().level()).isGreaterThanOrEqualTo(now.floor());
        assertThat(now.loader() == Loader.DIRECT
                        || (now.kernel().moduleLoaded() && now.kernel().sealed()))
                .isTrue();
        assertThat(now.kernel().transition()).isFalse();
        assertThat(now.livepatches()).allMatch(name -> now.patch().equals(Optional.of(name)));
        assertThat(now.attempt()).isEmpty();
    }

    @Property(tries = 20_000)
    void nothingIsFetchedVerifiedOrAppliedWhileHeldOnTheHost(@ForAll("situations") Situation now) {
        if (now.hold().isEmpty() || bringsBack(now)) {
            return;
        }
        assertThat(Decision.next(now))
                .isNotInstanceOfAny(
                        Step.HandOver.class, Step.Fetch.class, Step.Verify.class, Step.Adopt.class, Step.Refuse.class);
    }

    /** A hold at a level that a reboot has taken away. */
    private static boolean bringsBack(Situation now) {
        return now.hold().filter(hold -> hold.mode() == Hold.Mode.KEEP).isPresent()
                && now.kernel().level() == 0
                && now.settledEver().isPresent();
    }

    @Property(tries = 5_000)
    void aHoldAtTheLevelBringsBackThatLevelOnly(@ForAll("situations") Situation now) {
        if (now.hold().isPresent() && Decision.next(now) instanceof Step.HandOver step) {
            assertThat(bringsBack(now)).isTrue();
            assertThat(now.standIns()).contains(step.bundle().reference());
        }
    }

    @Property(tries = 5_000)
    void noLevelIsReplacedByALowerOneWhereThePolicyForbidsIt(@ForAll("situations") Situation now) {
        if (!now.policy().downgrade() && Decision.next(now) instanceof Step.HandOver step) {
            assertThat(step.command()).isEqualTo(LivepatchKernel.Command.UPGRADE);
            assertThat(step.bundle().header().level())
                    .as("not after a reboot either, but rather than none")
                    .isGreaterThanOrEqualTo(now.settledEver()
                            .filter(settled -> now.bar(settled.identity()).isEmpty())
                            .map(BundleReference::level)
                            .orElse(0L));
        }
    }

    @Property(tries = 5_000)
    void nothingIsTurnedOffByOrderWhereThePolicyForbidsIt(@ForAll("situations") Situation now) {
        if (!now.policy().none() && Decision.next(now) instanceof Step.Disable) {
            assertThat(now.hold().map(Hold::mode)).contains(Hold.Mode.OFF);
        }
    }

    @Property(tries = 5_000)
    void localRevertAsksNoPolicy(@ForAll("situations") Situation now) {
        if (now.hold().filter(hold -> hold.mode() == Hold.Mode.OFF).isPresent()) {
            assertThat(Decision.next(now)).isEqualTo(Decision.next(under(Policy.OPEN, now)));
        }
    }

    private static Situation under(Policy policy, Situation now) {
        return new Situation(
                now.running(),
                now.bootId(),
                now.now(),
                now.memory(),
                now.hold(),
                policy,
                now.loader(),
                now.kernel(),
                now.livepatches(),
                now.cached(),
                now.round(),
                now.rules());
    }

    @Property(tries = 20_000)
    void onlyWhatTheServerNamesOrWhatHadSettledHereIsHandedOver(@ForAll("situations") Situation now) {
        if (!(Decision.next(now) instanceof Step.HandOver step)) {
            return;
        }
        var ordered = now.memory().orders().directive().map(Directive::bundle);
        boolean isOrdered = ordered.equals(Optional.of(step.bundle().reference()));
        boolean isRestored = now.standIns().contains(step.bundle().reference())
                && now.kernel().level() == 0;
        assertThat(isOrdered || isRestored).isTrue();
        boolean mayBeTurnedOff = now.policy().none() && now.hold().isEmpty();
        if (mayBeTurnedOff) {
            assertThat(now.memory().orders().directive().map(Directive::order))
                    .isNotEqualTo(Optional.of(Directive.Order.NONE));
        }
    }

    @Property(tries = 20_000)
    void whatWasRefusedUnderThisDirectiveIsNotHandedOverAgain(@ForAll("situations") Situation now) {
        if (Decision.next(now) instanceof Step.HandOver step) {
            assertThat(now.bar(step.bundle().reference().identity())).isEmpty();
        }
    }

    @Property(tries = 20_000)
    void nothingIsEverDoneForAQuarantinedBundle(@ForAll("situations") Situation now) {
        var step = Decision.next(now);
        Optional<Sha256> meant = Optional.empty();
        if (step instanceof Step.HandOver handOver) {
            meant = Optional.of(handOver.bundle().reference().identity());
        } else if (step instanceof Step.Adopt adopt) {
            meant = Optional.of(adopt.bundle().reference().identity());
        } else if (step instanceof Step.Fetch fetch) {
            meant = Optional.of(fetch.bundle().identity());
        } else if (step instanceof Step.Verify verify) {
            meant = Optional.of(verify.bundle().identity());
        }
        meant.ifPresent(identity ->
                assertThat(now.memory().watch().quarantine(identity)).isEmpty());
    }

    @Property(tries = 20_000)
    void whatTheProbesTurnedDownIsNotHandedOverUnderTheSameDirective(@ForAll("situations") Situation now) {
        if (Decision.next(now) instanceof Step.HandOver step) {
            assertThat(now.memory()
                            .trial()
                            .rejection(
                                    step.bundle().reference().identity(),
                                    now.memory().orders().generation()))
                    .isEmpty();
            assertThat(now.round().unfit()).as("probes that cannot be run").isEmpty();
        }
    }

    @Property(tries = 20_000)
    void inPlaceOfWhatIsOrderedOnlyALowerLevelStandsInUnlessTheHostHasAWordInIt(@ForAll("situations") Situation now) {
        var ordered = now.memory().orders().directive().map(Directive::bundle);
        if (Decision.next(now) instanceof Step.HandOver step
                && ordered.isPresent()
                && now.policy().downgrade()
                && now.hold().isEmpty()) {
            assertThat(step.bundle().reference().level())
                    .isLessThanOrEqualTo(ordered.get().level());
        }
    }

    @Property(tries = 20_000)
    void nothingSettlesBeforeTheSoakIsOverAndTheProbesHavePassedAfterIt(@ForAll("situations") Situation now) {
        if (Decision.next(now) instanceof Step.Settle step) {
            var end =
                    step.bundle().inForceSince().orElseThrow().plus(now.rules().soak());
            assertThat(now.now()).isGreaterThanOrEqualTo(end);
            assertThat(now.round().passed(step.bundle()).orElseThrow()).isGreaterThanOrEqualTo(end);
        }
    }

    @Property(tries = 20_000)
    void whatWasGivenUpIsFollowedUntilItIsGone(@ForAll("situations") Situation now) {
        if (now.retreat().isPresent()) {
            assertThat(Decision.next(now))
                    .isNotInstanceOfAny(
                            Step.HandOver.class,
                            Step.Fetch.class,
                            Step.Verify.class,
                            Step.Settle.class,
                            Step.Soak.class);
        }
    }

    @Property(tries = 20_000)
    void settledIsSaidOnlyOfWhatIsInForceForEveryTaskInThisBoot(@ForAll("situations") Situation now) {
        var step = Decision.next(now);
        if (step instanceof Step.Rest rest && rest.standing().state() == AgentState.SETTLED
                || step instanceof Step.Settle) {
            assertThat(now.kernel().enabled()).isTrue();
            assertThat(now.kernel().transition()).isFalse();
            assertThat(now.kernel().level()).isPositive();
        }
    }

    @Property(tries = 20_000)
    void ourLivepatchIsTurnedOffOnlyOnAWordOrWhenItsTransitionIsLate(@ForAll("situations") Situation now) {
        var step = Decision.next(now);
        if (step instanceof Step.Disable) {
            boolean byHand =
                    now.hold().filter(hold -> hold.mode() == Hold.Mode.OFF).isPresent();
            boolean ordered = now.hold().isEmpty()
                    && now.policy().none()
                    && now.memory()
                            .orders()
                            .directive()
                            .filter(directive -> directive.order() == Directive.Order.NONE)
                            .isPresent();
            assertThat(byHand || ordered).isTrue();
        }
        if (step instanceof Step.Reverse reverse) {
            assertThat(now.kernel().transition()).isTrue();
            assertThat(now.now().minus(reverse.bundle().since())).isGreaterThanOrEqualTo(DEADLINE);
        }
    }

    @Property(tries = 20_000)
    void aFloorThatTheKernelHasForgottenComesFirst(@ForAll("situations") Situation now) {
        long remembered = now.memory().floor(now.running().buildId());
        if ((now.loader() == Loader.DIRECT || now.kernel().moduleLoaded())
                && remembered > now.kernel().floor()) {
            var step = Decision.next(now);
            if (now.round().floorless().isEmpty()) {
                assertThat(step).isEqualTo(new Step.RestoreFloor(remembered));
            } else {
                assertThat(step).isNotInstanceOfAny(Step.RestoreFloor.class, Step.HandOver.class, Step.Adopt.class);
            }
        }
    }

    @Property(tries = 5_000)
    void standingsAreFitForAReport(@ForAll("situations") Situation now) {
        if (Decision.next(now) instanceof Step.Rest rest) {
            var needsFailure = List.of(AgentState.REFUSED, AgentState.FAILED, AgentState.HELD);
            assertThat(rest.standing().failure().isPresent())
                    .isEqualTo(needsFailure.contains(rest.standing().state()));
        }
    }
}
