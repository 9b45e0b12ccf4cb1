package io.rebootless.agent.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.agent.cycle.Rules;
import io.rebootless.agent.host.HostIdentity;
import io.rebootless.agent.memory.CrashWatch;
import io.rebootless.agent.memory.HandedOver;
import io.rebootless.agent.memory.Hold;
import io.rebootless.agent.memory.Hold.Mode;
import io.rebootless.agent.memory.Hold.Source;
import io.rebootless.agent.memory.InForce;
import io.rebootless.agent.memory.Memory;
import io.rebootless.agent.memory.Orders;
import io.rebootless.agent.memory.Progress;
import io.rebootless.agent.memory.Reporting;
import io.rebootless.agent.memory.Standing;
import io.rebootless.agent.memory.Trial;
import io.rebootless.agent.settings.Loader;
import io.rebootless.agent.status.Status.Verdict;
import io.rebootless.agent.trust.Agreement;
import io.rebootless.bundle.Cve;
import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.BuildId;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BlockingTask;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.Directive;
import io.rebootless.wire.Failure;
import io.rebootless.wire.LivepatchState;
import io.rebootless.wire.QuarantinedBundle;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class StatusTest {
    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
    private static final BundleReference TWO = reference(2);
    private static final LivepatchState IN_FORCE = new LivepatchState(true, true, 2, 0, "fix_2", true, false);
    private static final Standing SETTLED =
            new Standing(AgentState.SETTLED, Optional.of(TWO.identity()), Optional.empty());
    private static final HostIdentity HOST = new HostIdentity("web-1", "boot", Optional.empty(), Map.of());

    private Orders orders = run(TWO);
    private Standing standing = SETTLED;
    private LivepatchState livepatch = IN_FORCE;
    private List<Hold> holds = List.of();
    private Optional<InForce> described = Optional.of(facts(TWO));
    private Optional<HandedOver> attempt = Optional.empty();
    private List<QuarantinedBundle> quarantined = List.of();
    private Optional<Trial.Blocking> blocking = Optional.empty();
    private ServiceState service = ServiceState.RUNNING;
    private Loader loader = Loader.MODULE;
    private TrustState trust = new TrustState(2, 1, 0, Agreement.SAME, Optional.empty());
    private Reporting reporting = Reporting.NONE.contacted(Instant.parse("2026-11-28T11:59:18Z"));
    private HostIdentity host = HOST;
    private KernelBuild kernel = TestBundles.KERNEL;
    private boolean enrolled = true;

    private static BundleReference reference(int level) {
        return new BundleReference(
                Sha256.of(new byte[] {(byte) level}), Sha256.of(new byte[] {9, (byte) level}), 10, level, "p" + level);
    }

    private static Orders run(BundleReference bundle) {
        return orders(new Directive(1, 5, Directive.Order.RUN, bundle, null));
    }

    private static Orders orders(Directive directive) {
        return new Orders(5, Optional.of(directive), Optional.empty(), Optional.of(TestBundles.KERNEL.buildId()));
    }

    private Status status() {
        var settled = new HandedOver(
                TWO, "fix_2", true, TestBundles.KERNEL.buildId(), "boot", Duration.ZERO, Optional.empty());
        var progress = new Progress(attempt, Optional.of(settled), Optional.empty(), Optional.empty());
        var memory = Memory.EMPTY
                .with(orders)
                .with(progress)
                .with(standing)
                .with(reporting)
                .with(new CrashWatch(Optional.empty(), List.of(), quarantined))
                .with(new Trial(Optional.empty(), Optional.empty(), List.of(), List.of(), blocking));
        return Status.of(new Sight(
                Optional.of(URI.create("https://patch.example")),
                enrolled,
                memory,
                described,
                holds,
                host,
                kernel,
                loader,
                livepatch,
                service,
                trust,
                Duration.ofSeconds(100),
                new Rules(Duration.ofSeconds(90), Duration.ofMinutes(10), Duration.ofSeconds(10))));
    }

    private String text() {
        return StatusText.of(status(), NOW);
    }

    private static InForce facts(BundleReference bundle) {
        return new InForce(
                1,
                bundle.identity(),
                bundle.level(),
                bundle.publication(),
                "Two holes closed",
                Instant.EPOCH,
                Optional.of("6.1.0-58-amd64"),
                List.of(new Cve("CVE-2026-0001", Cve.Severity.CRITICAL), new Cve("CVE-2026-0002", Cve.Severity.HIGH)),
                "boot",
                Instant.EPOCH);
    }

    private static HandedOver given(BundleReference bundle, Optional<Duration> inForceSince) {
        return new HandedOver(
                bundle,
                "fix_" + bundle.level(),
                true,
                TestBundles.KERNEL.buildId(),
                "boot",
                Duration.ofSeconds(40),
                inForceSince);
    }

    @Test
    void oneScreenSaysItAll() {
        assertThat(text()).isEqualTo("""
                web-1, Linux 6.1.0-56-amd64 x86_64, build 00112233445566778899aabbccddeeff00112233
                ✓ enrolled at https://patch.example, which answered 42 s ago
                ✓ the service runs
                ✓ the kernel module is loaded, its trust sealed
                ✓ trusts 2 publishers, 1 must sign; so does the kernel module
                ✓ ordered to run level 2 (p2)
                ✓ level 2 (fix_2) is in force for every task
                ✓ effective kernel version 6.1.0-58-amd64; it fixes 2 CVEs (1 critical, 1 high): Two holes closed
                protected: the level ordered is in force""");
        assertThat(status().effectiveRelease()).isEqualTo("6.1.0-58-amd64");
    }

    @Test
    void neverInTheMiddleOfASoak() {
        attempt = Optional.of(given(TWO, Optional.of(Duration.ofSeconds(60))));
        standing = new Standing(AgentState.SOAKING, Optional.of(TWO.identity()), Optional.empty());
        assertThat(status().verdict()).isEqualTo(Verdict.BEHIND);
        assertThat(status().underWay()).contains(new UnderWay(TWO, UnderWay.Phase.SOAKING, 560));
        assertThat(text())
                .contains("✗ it is being watched, for 9 min more; until then it has not settled")
                .doesNotContain("effective kernel version")
                .endsWith("behind: level 2 (p2) is being watched and has not settled");
        assertThat(status().effectiveRelease()).isEqualTo(TestBundles.KERNEL.release());
    }

    private static QuarantinedBundle quarantine(BundleReference bundle) {
        return new QuarantinedBundle(
                new UUID(0, 1),
                bundle.identity(),
                bundle.level(),
                bundle.publication(),
                Instant.EPOCH,
                "an earlier boot",
                new Failure("suspected-crash", "the boot ended without a word"));
    }

    @Test
    void attentionWhenTheOrderedLevelIsQuarantined() {
        quarantined = List.of(quarantine(TWO));
        assertThat(status().verdict()).isEqualTo(Verdict.ATTENTION);
        assertThat(text())
                .contains("✗ level 2 (p2) is quarantined since 1970-01-01T00:00:00Z: suspected-crash, the boot ended")
                .endsWith("attention: see the last ✗");
        assertThat(status().json()).contains("\"quarantined\" : [ {");
    }

    @Test
    void anotherLevelsQuarantineIsShownAndLeavesTheVerdictAlone() {
        quarantined = List.of(quarantine(reference(3)));
        assertThat(status().verdict()).isEqualTo(Verdict.PROTECTED);
        assertThat(text()).contains("✗ level 3 (p3) is quarantined");
    }

    @Test
    void tasksThatHoldATransitionUpAreNamed() {
        livepatch = new LivepatchState(true, true, 2, 0, "fix_2", true, true);
        attempt = Optional.of(given(TWO, Optional.empty()));
        blocking = Optional.of(new Trial.Blocking(
                "fix_2",
                false,
                List.of(new BlockingTask(812, "mysqld", null), new BlockingTask(99, "kworker/0:1", null))));
        assertThat(text())
                .contains(
                        "✗ level 2 (fix_2) is on its way in: some tasks still run the old code; reversed if that is so in 30 s",
                        "✗ the last transition was held up by 812 mysqld, 99 kworker/0:1");
        assertThat(status().blocking()).hasSize(2);
    }

    @Test
    void whatIsKnownOfAnotherBundleIsNotSaidOfThisOne() {
        described = Optional.of(facts(reference(3)));
        assertThat(status().effective()).isEmpty();
        assertThat(status().effectiveRelease()).isEqualTo(TestBundles.KERNEL.release());
        assertThat(text()).contains("· not known: what it fixes");
    }

    @Test
    void aDeadServiceASilentServerAndAnotherTrustAreNotPassedOver() {
        service = ServiceState.STOPPED;
        reporting = Reporting.NONE.contacted(Instant.parse("2026-11-28T08:00:00Z"));
        trust = new TrustState(2, 1, 0, Agreement.DIFFERENT, Optional.empty());
        assertThat(text())
                .contains(
                        "✗ the service does not run, so nothing new comes",
                        "✗ enrolled at https://patch.example, which has not answered for 4 h; what is in force stays",
                        "✗ trusts 2 publishers, 1 must sign; the kernel module trusts otherwise")
                .endsWith("protected, as of the server's word 4 h ago: the level ordered is in force");
        trust = new TrustState(0, 0, 0, Agreement.UNKNOWN, Optional.of("trust.d is not there"));
        assertThat(text()).contains("✗ nobody is trusted: trust.d is not there");
    }

    @Test
    void whereTheAgentLoadsLivepatchesItselfNoModuleIsMissedAndNoneIsClaimed() {
        loader = Loader.DIRECT;
        livepatch = new LivepatchState(false, false, 2, 0, "fix_2", true, false);
        trust = new TrustState(2, 1, 0, Agreement.NO_KEYRING, Optional.empty());
        assertThat(text())
                .contains(
                        "✓ loads livepatches itself (loader = direct)",
                        "✓ trusts 2 publishers, 1 must sign; nobody verifies after this agent",
                        "✓ level 2 (fix_2) is in force for every task")
                .doesNotContain("kernel module")
                .endsWith("protected: the level ordered is in force");
        assertThat(status().json()).contains("\"loader\" : \"direct\"", "\"moduleLoaded\" : false");
    }

    @Test
    void whatThisUserCannotSeeIsNeitherGoodNorBad() {
        service = ServiceState.UNKNOWN;
        trust = new TrustState(1, 1, 0, Agreement.UNKNOWN, Optional.empty());
        assertThat(text())
                .contains(
                        "· not known: whether the service runs",
                        "· not known: trusts 1 publisher, 1 must sign; whether");
    }

    @Test
    void aHoldSaysWhoLiftsItAndWhenItEnds() {
        holds = List.of(
                new Hold(Mode.OFF, Source.MODE_FILE, "mode says off", Instant.EPOCH, Optional.empty()),
                new Hold(Mode.STAY, Source.KERNEL_ARGUMENT, "rebootless=hold", Instant.EPOCH, Optional.empty()),
                new Hold(Mode.STAY, Source.POLICY_FILE, "no policy", Instant.EPOCH, Optional.empty()),
                new Hold(
                        Mode.KEEP,
                        Source.COMMAND,
                        "freeze",
                        Instant.EPOCH,
                        Optional.of(Instant.parse("2026-11-28T15:30:00Z"))));
        assertThat(text())
                .contains(
                        "✗ held off on this host since 1970-01-01T00:00:00Z: mode says off; lift it by writing on",
                        "✗ held on this host, nothing is changed, since 1970-01-01T00:00:00Z: rebootless=hold; it lasts",
                        "no policy; lift it by mending that file",
                        "✗ held at its level on this host since 1970-01-01T00:00:00Z: freeze; ends at 2026-11-28T15:30:00Z (in 3 h); lift it with `rebootless-agent resume`")
                .endsWith("held: on this host, level 2 is in force");
        assertThat(status().json()).contains("\"source\" : \"mode-file\"", "\"until\" : \"2026-11-28T15:30:00Z\"");
    }

    @Test
    void attentionWhenThePolicyForbidsTheOrder() {
        orders = orders(new Directive(1, 5, Directive.Order.NONE, null, null));
        standing = new Standing(
                AgentState.REFUSED, Optional.empty(), Optional.of(new Failure("forbidden-by-policy", "words")));
        assertThat(status().verdict()).isEqualTo(Verdict.ATTENTION);
        assertThat(text()).contains("✗ refused: forbidden-by-policy, words");
    }

    @Test
    void protectedIsTheOrderedLevelInForceInThisBoot() {
        assertThat(status().verdict()).isEqualTo(Verdict.PROTECTED);
        assertThat(text())
                .contains("✓ ordered to run level 2 (p2)", "✓ level 2 (fix_2) is in force for every task")
                .endsWith("protected: the level ordered is in force");
    }

    @Test
    void aServerProblemIsToldFromAPatchProblemAndChangesNoVerdict() {
        reporting = reporting
                .troubled(
                        "https://patch.example cannot be reached: no answer in time",
                        NOW.minusSeconds(7300),
                        Optional.empty())
                .troubled("https://patch.example answers 500", NOW.minusSeconds(5), Optional.of(NOW.plusSeconds(200)));
        assertThat(status().verdict()).isEqualTo(Verdict.PROTECTED);
        assertThat(text())
                .contains(
                        "✗ server problem, not a patch problem, for 2 h: https://patch.example answers 500; next try in 3 min")
                .endsWith("protected: the level ordered is in force");
        assertThat(status().json())
                .contains("\"serverTrouble\" : {", "\"what\" : \"https://patch.example answers 500\"");
        assertThat(status().failure()).isEmpty();
        reporting = reporting.untroubled();
        assertThat(text()).doesNotContain("server problem");
    }

    @Test
    void aRetiredHostIsNobodysHostAndThatIsNoProblemOfTheServers() {
        reporting = reporting.retired("https://patch.example answers 410", NOW.minusSeconds(60));
        assertThat(status().verdict()).isEqualTo(Verdict.NOT_ENROLLED);
        assertThat(text())
                .contains("✗ retired by https://patch.example", "✓ level 2 (fix_2) is in force for every task")
                .doesNotContain("server problem")
                .endsWith("not enrolled");
    }

    @Test
    void neverInTheMiddleOfATransition() {
        livepatch = new LivepatchState(true, true, 2, 0, "fix_2", true, true);
        assertThat(status().verdict()).isEqualTo(Verdict.BEHIND);
        assertThat(text()).contains("✗ level 2 (fix_2) is on its way in: some tasks still run the old code");
    }

    @Test
    void neverWhenTurnedOffReplacedOrUnloaded() {
        livepatch = new LivepatchState(true, true, 2, 0, "fix_2", false, false);
        assertThat(status().verdict()).isEqualTo(Verdict.BEHIND);
        livepatch = new LivepatchState(true, true, 2, 0, "other_2", true, false);
        assertThat(status().verdict()).isEqualTo(Verdict.BEHIND);
        livepatch = LivepatchState.absent();
        assertThat(status().verdict()).isEqualTo(Verdict.BEHIND);
    }

    @Test
    void neverForAnotherBootOrAnotherKernel() {
        host = new HostIdentity("web-1", "next boot", Optional.empty(), Map.of());
        assertThat(status().verdict()).isEqualTo(Verdict.BEHIND);
        host = HOST;
        kernel = new KernelBuild("6.1.0-57-amd64", "#1", "x86_64", new BuildId("ee".repeat(20)));
        assertThat(status().verdict()).isEqualTo(Verdict.BEHIND);
        assertThat(status().directive()).isEmpty();
    }

    @Test
    void behindWhileANewerLevelIsOrdered() {
        orders = run(reference(3));
        standing = new Standing(AgentState.FETCHING, Optional.empty(), Optional.empty());
        assertThat(status().verdict()).isEqualTo(Verdict.BEHIND);
    }

    @Test
    void attentionWhenTheNewerLevelWasRefused() {
        orders = run(reference(3));
        standing = new Standing(
                AgentState.REFUSED, Optional.empty(), Optional.of(new Failure("untrusted-signer", "words")));
        assertThat(status().verdict()).isEqualTo(Verdict.ATTENTION);
        assertThat(text()).contains("✗ refused: untrusted-signer, words");
    }

    @Test
    void heldByHandOrByTheServerOrOff() {
        orders = orders(new Directive(1, 5, Directive.Order.HOLD, null, "freeze"));
        assertThat(status().verdict()).isEqualTo(Verdict.HELD);
        orders = orders(new Directive(1, 5, Directive.Order.NONE, null, null));
        assertThat(status().verdict()).isEqualTo(Verdict.HELD);
        orders = run(TWO);
        holds = List.of(new Hold(Hold.Mode.OFF, "latency", Instant.EPOCH));
        assertThat(status().verdict()).isEqualTo(Verdict.HELD);
        assertThat(text()).contains("✗ held off on this host since 1970-01-01T00:00:00Z: latency");
    }

    @Test
    void notEnrolledComesFirst() {
        enrolled = false;
        assertThat(status().verdict()).isEqualTo(Verdict.NOT_ENROLLED);
        assertThat(status().json()).contains("\"verdict\" : \"not-enrolled\"", "\"version\" : 1");
    }
}
