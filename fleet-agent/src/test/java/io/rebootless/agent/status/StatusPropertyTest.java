package io.rebootless.agent.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.agent.cycle.Rules;
import io.rebootless.agent.host.HostIdentity;
import io.rebootless.agent.memory.CrashWatch;
import io.rebootless.agent.memory.HandedOver;
import io.rebootless.agent.memory.Hold;
import io.rebootless.agent.memory.InForce;
import io.rebootless.agent.memory.Memory;
import io.rebootless.agent.memory.Orders;
import io.rebootless.agent.memory.Progress;
import io.rebootless.agent.memory.Standing;
import io.rebootless.agent.memory.Trial;
import io.rebootless.agent.settings.Loader;
import io.rebootless.agent.status.Status.Verdict;
import io.rebootless.agent.trust.Agreement;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What must hold of every status, whatever a host looks like, before anybody may call it protected. */
class StatusPropertyTest {
    private static final KernelBuild OTHER =
            new KernelBuild("6.1.0-57-amd64", "#1", "x86_64", new BuildId("ee".repeat(20)));
    private static final String BOOT = "this boot";

    /** A seed makes a host: few values for each part, and often those that fit together. */
    @Provide
    Arbitrary<Sight> hosts() {
        return Arbitraries.randomValue(StatusPropertyTest::host);
    }

    private static Sight host(Random random) {
        return new Sight(
                Optional.empty(),
                often(random),
                memory(random),
                maybe(random, InForce.of(reference(level(random)), TestBundles.manifest(2), BOOT, Instant.EPOCH)),
                rarely(random)
                        ? List.of(new Hold(Hold.Mode.values()[random.nextInt(3)], "because", Instant.EPOCH))
                        : List.of(),
                new HostIdentity("web-1", BOOT, Optional.empty(), Map.of()),
                TestBundles.KERNEL,
                Loader.values()[random.nextInt(2)],
                livepatch(random),
                ServiceState.values()[random.nextInt(3)],
                new TrustState(
                        1, 1, 0, Agreement.values()[random.nextInt(Agreement.values().length)], Optional.empty()),
                Duration.ofSeconds(300),
                new Rules(Duration.ofSeconds(90), Duration.ofMinutes(1), Duration.ofSeconds(10)));
    }

    private static Memory memory(Random random) {
        var kind = often(random) ? Directive.Order.RUN : Directive.Order.values()[random.nextInt(3)];
        var directive = new Directive(1, 1, kind, kind == Directive.Order.RUN ? reference(level(random)) : null, null);
        var orders = new Orders(
                1,
                maybe(random, directive),
                Optional.empty(),
                Optional.of(build(random).buildId()));
        var state = AgentState.values()[random.nextInt(AgentState.values().length)];
        boolean fails = state == AgentState.FAILED || state == AgentState.REFUSED || state == AgentState.HELD;
        var standing = new Standing(
                state,
                Optional.of(reference(level(random)).identity()),
                fails ? Optional.of(new Failure("some-reason", "words")) : Optional.empty());
        var progress = new Progress(
                rarely(random) ? Optional.of(handedOver(random)) : Optional.empty(),
                maybe(random, handedOver(random)),
                Optional.empty(),
                Optional.empty());
        var retreat =
                new Trial.Retreat(handedOver(random), Duration.ofSeconds(9), new Failure("probe-failed", "words"));
        var trial = new Trial(
                Optional.empty(),
                rarely(random) ? Optional.of(retreat) : Optional.empty(),
                List.of(),
                List.of(),
                Optional.empty());
        var watch =
                new CrashWatch(Optional.empty(), List.of(), rarely(random) ? List.of(quarantine(random)) : List.of());
        return Memory.EMPTY
                .with(orders)
                .with(progress)
                .with(standing)
                .with(trial)
                .with(watch);
    }

    private static QuarantinedBundle quarantine(Random random) {
        var bundle = reference(level(random));
        return new QuarantinedBundle(
                new UUID(0, 1),
                bundle.identity(),
                bundle.level(),
                bundle.publication(),
                Instant.EPOCH,
                "an earlier boot",
                new Failure("suspected-crash", "words"));
    }

    private static LivepatchState livepatch(Random random) {
        long level = rarely(random) ? 0 : level(random);
        return new LivepatchState(
                true,
                often(random),
                level,
                0,
                level == 0 ? null : "fix_" + (often(random) ? level : 9),
                level > 0 && often(random),
                level > 0 && rarely(random));
    }

    private static HandedOver handedOver(Random random) {
        long level = level(random);
        return new HandedOver(
                reference(level),
                "fix_" + level,
                true,
                build(random).buildId(),
                often(random) ? BOOT : "an earlier boot",
                Duration.ofSeconds(random.nextInt(300)),
                maybe(random, Duration.ofSeconds(random.nextInt(300))));
    }

    private static BundleReference reference(long level) {
        return new BundleReference(
                Sha256.of(new byte[] {(byte) level}), Sha256.of(new byte[] {9, (byte) level}), 10, level, "p" + level);
    }

    private static KernelBuild build(Random random) {
        return often(random) ? TestBundles.KERNEL : OTHER;
    }

    private static long level(Random random) {
        return often(random) ? 2 : 1 + random.nextInt(3);
    }

    private static boolean often(Random random) {
        return random.nextInt(8) != 0;
    }

    private static boolean rarely(Random random) {
        return random.nextInt(6) == 0;
    }

    private static <T> Optional<T> maybe(Random random, T value) {
        return often(random) ? Optional.of(value) : Optional.empty();
    }

    private static boolean ofThisBoot(HandedOver bundle) {
        return bundle.bootId().equals(BOOT) && bundle.kernel().equals(TestBundles.KERNEL.buildId());
    }

    /** Written from the promise, not from the code: each condition by itself. */
    private static List<String> whyNot(Sight host) {
        var settled = host.memory().progress().settled().filter(StatusPropertyTest::ofThisBoot);
        var ordered = host.memory()
                .orders()
                .under(TestBundles.KERNEL.buildId())
                .directive()
                .map(Directive::bundle);
        return Stream.of(
                        host.enrolled() ? "" : "not enrolled",
                        host.holds().isEmpty() ? "" : "held",
                        ordered.isPresent() ? "" : "nothing ordered for this kernel",
                        settled.isPresent() ? "" : "nothing has settled in this boot",
                        settled.map(HandedOver::reference).equals(ordered) ? "" : "another one is ordered",
                        host.memory()
                                        .progress()
                                        .attempt()
                                        .filter(StatusPropertyTest::ofThisBoot)
                                        .isEmpty()
                                ? ""
                                : "something is under way",
                        host.memory()
                                        .trial()
                                        .retreat()
                                        .filter(retreat -> ofThisBoot(retreat.bundle()))
                                        .isEmpty()
                                ? ""
                                : "something is on its way out",
                        ordered.flatMap(bundle -> host.memory().watch().quarantine(bundle.identity()))
                                        .isEmpty()
                                ? ""
                                : "the ordered one is quarantined",
                        host.livepatch().enabled() ? "" : "turned off",
                        host.livepatch().transition() ? "in transition" : "",
                        settled.map(HandedOver::module)
                                        .equals(Optional.ofNullable(
                                                host.livepatch().patch()))
                                ? ""
                                : "the kernel shows another livepatch",
                        settled.map(bundle -> bundle.reference().level())
                                        .equals(Optional.of(host.livepatch().level()))
                                ? ""
                                : "the kernel shows another level")
                .filter(reason -> !reason.isEmpty())
                .toList();
    }

    @Property(tries = 20_000)
    void protectedIfAndOnlyIfNothingSpeaksAgainstIt(@ForAll("hosts") Sight host) {
        assertThat(Status.of(host).verdict() == Verdict.PROTECTED)
                .as("%s", whyNot(host))
                .isEqualTo(whyNot(host).isEmpty());
    }

    @Property(tries = 5_000)
    void whatIsFixedIsSaidOnlyOfWhatIsInForceForEveryTaskInThisBoot(@ForAll("hosts") Sight host) {
        var status = Status.of(host);
        if (status.effective().isPresent()) {
            assertThat(host.livepatch().inForce()).isTrue();
            assertThat(status.underWay()).isEmpty();
            var settled = host.memory().progress().settled().orElseThrow();
            assertThat(ofThisBoot(settled)).isTrue();
            assertThat(status.effective().get().bundle())
                    .isEqualTo(settled.reference().identity());
        } else {
            assertThat(status.effectiveRelease()).isEqualTo(TestBundles.KERNEL.release());
        }
    }

    @Property(tries = 5_000)
    void thereIsAlwaysAScreenAndItsLastLineIsTheVerdict(@ForAll("hosts") Sight host) {
        var status = Status.of(host);
        var lines = StatusText.of(status, Instant.EPOCH).lines().toList();
        assertThat(lines).hasSizeBetween(6, 24).noneMatch(String::isBlank);
        assertThat(lines.get(lines.size() - 1))
                .startsWith(
                        switch (status.verdict()) {
                            case PROTECTED -> "protected";
                            case BEHIND -> "behind: ";
                            case ATTENTION -> "attention: ";
                            case HELD -> "held: ";
                            case NOT_ENROLLED -> "not enrolled";
                        });
        if (status.verdict() == Verdict.ATTENTION) {
            assertThat(lines).anyMatch(line -> line.startsWith("✗ "));
        }
    }
}
