package io.rebootless.agent.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.agent.memory.CrashWatch;
import io.rebootless.agent.memory.CrashWatch.Boot;
import io.rebootless.agent.memory.CrashWatch.SilentEnd;
import io.rebootless.agent.memory.HandedOver;
import io.rebootless.agent.memory.Memory;
import io.rebootless.agent.memory.Progress;
import io.rebootless.agent.memory.Trial;
import io.rebootless.agent.memory.Trial.Retreat;
import io.rebootless.bundle.Sha256;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.Failure;
import io.rebootless.wire.QuarantinedBundle;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** What must hold of every conclusion, whatever the boots before have left. */
class CrashGuardTest {
    private static final Instant NOON = Instant.parse("2026-11-28T12:00:00Z");
    private static final String THIS = "this boot";
    private static final String LAST = "the last boot";
    private static final String OLDER = "an older boot";
    private static final Failure FAILURE = new Failure("some-reason", "some words");

    /** What a judgement depends on. */
    record Case(Memory memory, Set<String> ended, Instant wall) {
        CrashGuard.Finding judge() {
            return CrashGuard.judge(memory, THIS, ended, wall);
        }

        Case with(Set<String> newEnded) {
            return new Case(memory, newEnded, wall);
        }

        Stream<HandedOver> unsettled() {
            return Stream.of(
                            memory.progress().attempt(),
                            memory.trial().retreat().map(Retreat::bundle))
                    .flatMap(Optional::stream);
        }
    }

    @Provide
    Arbitrary<Case> cases() {
        return Arbitraries.randomValue(random -> {
            var memory = Memory.EMPTY
                    .with(new Progress(
                            maybe(random, handedOver(random)),
                            maybe(random, handedOver(random)),
                            Optional.empty(),
                            Optional.empty()))
                    .with(new Trial(
                            Optional.empty(),
                            random.nextInt(4) == 0
                                    ? Optional.of(new Retreat(handedOver(random), Duration.ZERO, FAILURE))
                                    : Optional.empty(),
                            List.of(),
                            List.of(),
                            Optional.empty()))
                    .with(new CrashWatch(
                            maybe(random, boot(random)),
                            random.nextBoolean()
                                    ? List.of()
                                    : List.of(new SilentEnd(
                                            bundle(random).identity(),
                                            OLDER,
                                            NOON.plus(Duration.ofHours(random.nextInt(100) - 50)),
                                            Duration.ofHours(random.nextInt(30)))),
                            random.nextInt(3) == 0 ? List.of(quarantined(random)) : List.of()));
            var ended = new HashSet<String>();
            Stream.of(THIS, LAST, OLDER, "", "garbage")
                    .filter(b -> random.nextBoolean())
                    .forEach(ended::add);
            return new Case(memory, ended, NOON);
        });
    }

    private static Boot boot(Random random) {
        return new Boot(
                random.nextInt(4) == 0 ? OLDER : LAST, TestBundles.KERNEL, Duration.ofHours(random.nextInt(40)));
    }

    private static HandedOver handedOver(Random random) {
        return handedOver(bundle(random), List.of(THIS, LAST, OLDER).get(random.nextInt(3)));
    }

    private static HandedOver handedOver(BundleReference bundle, String boot) {
        return new HandedOver(
                bundle,
                "fix_" + bundle.level(),
                true,
                TestBundles.KERNEL.buildId(),
                boot,
                Duration.ofSeconds(5),
                Optional.empty());
    }

    private static QuarantinedBundle quarantined(Random random) {
        var bundle = bundle(random);
        return new QuarantinedBundle(
                new UUID(1, random.nextLong()),
                bundle.identity(),
                bundle.level(),
                bundle.publication(),
                NOON,
                OLDER,
                FAILURE);
    }

    private static BundleReference bundle(Random random) {
        return bundle(1 + random.nextInt(2));
    }

    private static BundleReference bundle(long level) {
        return new BundleReference(
                Sha256.of(new byte[] {(byte) level}),
                Sha256.of(new byte[] {9, (byte) level}),
                1000,
                level,
                "2026." + level);
    }

    private static <T> Optional<T> maybe(Random random, T value) {
        return random.nextBoolean() ? Optional.of(value) : Optional.empty();
    }

    @Property(tries = 20_000)
    void aBootThatHasEndedInOrderPutsNothingInQuarantine(@ForAll("cases") Case now) {
        assertThat(now.with(Set.of(LAST, OLDER)).judge().suspect()).isEmpty();
        now.judge().suspect().ifPresent(suspect -> assertThat(now.ended()).doesNotContain(suspect.bootId()));
    }

    @Property(tries = 20_000)
    void theMarkOfAnotherBootExcusesNothing(@ForAll("cases") Case now) {
        var without = now.with(Set.of()).judge();
        var others = new HashSet<>(Set.of(THIS, "", "garbage"));
        assertThat(now.with(others).judge()).isEqualTo(without);
    }

    @Property(tries = 20_000)
    void whatHadNotSettledWhenAnotherBootEndedWithoutAWordIsSuspected(@ForAll("cases") Case now) {
        boolean crashed = now.unsettled()
                .limit(1)
                .filter(bundle -> !bundle.bootId().equals(THIS))
                .filter(bundle -> !now.ended().contains(bundle.bootId()))
                .anyMatch(bundle -> now.memory()
                        .watch()
                        .quarantine(bundle.reference().identity())
                        .isEmpty());
        if (crashed) {
            assertThat(now.judge().suspect().map(suspect -> suspect.bundle()))
                    .contains(now.unsettled().findFirst().orElseThrow().reference());
        }
    }

    @Property(tries = 20_000)
    void onlyWhatWasInTheKernelOfABootThatIsOverIsSuspected(@ForAll("cases") Case now) {
        now.judge().suspect().ifPresent(suspect -> {
            assertThat(suspect.bootId()).isNotEqualTo(THIS);
            assertThat(Stream.concat(now.unsettled(), now.memory().progress().settled().stream())
                            .filter(bundle -> bundle.bootId().equals(suspect.bootId()))
                            .map(HandedOver::reference))
                    .contains(suspect.bundle());
            assertThat(now.memory().watch().quarantine(suspect.bundle().identity()))
                    .as("one quarantine is enough")
                    .isEmpty();
            assertThat(suspect.reason().name()).isEqualTo("suspected-crash");
        });
    }

    @Property(tries = 20_000)
    void aSilentEndIsNeverForgottenBeforeADayIsCertainlyOver(@ForAll("cases") Case now) {
        var remembered = now.judge().silentEnds();
        for (var end : now.memory().watch().silentEnds()) {
            var lasting = now.memory().watch().boot().map(Boot::uptime).orElse(Duration.ZERO);
            boolean dayOver =
                    !Duration.between(end.at(), now.wall()).minusHours(24).isNegative()
                            || !end.outlived().plus(lasting).minusHours(24).isNegative();
            assertThat(remembered.contains(end.outlivedBy(lasting))).isEqualTo(!dayOver);
        }
    }

    @Property(tries = 5_000)
    void nothingIsSuspectedOnAHostThatNothingWasEverHandedTo(@ForAll("cases") Case now) {
        var none = new Case(now.memory().with(Progress.NONE).with(Trial.NONE), now.ended(), now.wall());
        assertThat(none.judge().suspect()).isEmpty();
    }

    private static Memory settledIn(String boot, Duration uptime, SilentEnd... before) {
        return Memory.EMPTY
                .with(Progress.NONE.settledOn(handedOver(bundle(1), boot)))
                .with(CrashWatch.NONE
                        .in(new Boot(boot, TestBundles.KERNEL, uptime))
                        .with(List.of(before)));
    }

    private static SilentEnd endedAt(Instant at) {
        return new SilentEnd(bundle(1).identity(), OLDER, at, Duration.ZERO);
    }

    @Test
    void oneBootThatEndsSilentlyUnderASettledBundleMayBeAPowerCut() {
        var finding = CrashGuard.judge(settledIn(LAST, Duration.ofHours(1)), THIS, Set.of(), NOON);
        assertThat(finding.suspect()).isEmpty();
        assertThat(finding.silentEnds())
                .containsExactly(new SilentEnd(bundle(1).identity(), LAST, NOON, Duration.ZERO));
    }

    @Test
    void twoWithinADayAreNone() {
        var memory = settledIn(LAST, Duration.ofHours(1), endedAt(NOON.minus(Duration.ofHours(23))));
        var suspect = CrashGuard.judge(memory, THIS, Set.of(), NOON).suspect().orElseThrow();
        assertThat(suspect.bundle()).isEqualTo(bundle(1));
        assertThat(suspect.bootId()).isEqualTo(LAST);
        assertThat(suspect.reason().message()).contains("second within 24 h", "fix_1", "level 1");
    }

    @Test
    void twoThatAreADayApartAreNot() {
        var memory = settledIn(LAST, Duration.ofHours(1), endedAt(NOON.minus(Duration.ofHours(24))));
        assertThat(CrashGuard.judge(memory, THIS, Set.of(), NOON).suspect()).isEmpty();
    }

    @Test
    void aClockSetBackMakesNoDayOfIt() {
        var memory = settledIn(LAST, Duration.ofHours(1), endedAt(NOON.plus(Duration.ofDays(300))));
        assertThat(CrashGuard.judge(memory, THIS, Set.of(), NOON).suspect()).isPresent();
    }

    @Test
    void aHostWithoutAClockThatWasUpForADayInBetweenIsNotSuspected() {
        var memory = settledIn(LAST, Duration.ofHours(24), endedAt(Instant.EPOCH));
        assertThat(CrashGuard.judge(memory, THIS, Set.of(), Instant.EPOCH).suspect())
                .isEmpty();
    }

    @Test
    void silentEndsUnderAnotherBundleDoNotCount() {
        var other = new SilentEnd(bundle(2).identity(), OLDER, NOON, Duration.ZERO);
        assertThat(CrashGuard.judge(settledIn(LAST, Duration.ofHours(1), other), THIS, Set.of(), NOON)
                        .suspect())
                .isEmpty();
    }

    @Test
    void aBootInWhichNothingWasInForceSaysNothingAboutWhatHadSettledBefore() {
        var memory = settledIn(OLDER, Duration.ofHours(1), endedAt(NOON))
                .with(CrashWatch.NONE.in(new Boot(LAST, TestBundles.KERNEL, Duration.ofMinutes(1))));
        assertThat(CrashGuard.judge(memory, THIS, Set.of(), NOON).suspect()).isEmpty();
    }

    @Test
    void theMemoryOfAnAgentBeforeTheGuardCountsNoBoots() {
        var memory = Memory.EMPTY.with(Progress.NONE.settledOn(handedOver(bundle(1), OLDER)));
        assertThat(CrashGuard.judge(memory, THIS, Set.of(), NOON))
                .isEqualTo(new CrashGuard.Finding(Optional.empty(), List.of()));
    }
}
