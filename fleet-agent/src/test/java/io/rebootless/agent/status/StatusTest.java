package io.rebootless.agent.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.agent.host.HostIdentity;
import io.rebootless.agent.memory.HandedOver;
import io.rebootless.agent.memory.Hold;
import io.rebootless.agent.memory.Memory;
import io.rebootless.agent.memory.Orders;
import io.rebootless.agent.memory.Progress;
import io.rebootless.agent.memory.Reporting;
import io.rebootless.agent.memory.Standing;
import io.rebootless.agent.status.Status.Verdict;
import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.BuildId;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.Directive;
import io.rebootless.wire.Failure;
import io.rebootless.wire.LivepatchState;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatusTest {
    private static final BundleReference TWO = reference(2);
    private static final LivepatchState IN_FORCE = new LivepatchState(true, true, 2, 0, "fix_2", true, false);
    private static final Standing SETTLED =
            new Standing(AgentState.SETTLED, Optional.of(TWO.identity()), Optional.empty());
    private static final HostIdentity HOST = new HostIdentity("web-1", "boot", Optional.empty());

    private Orders orders = run(TWO);
    private Standing standing = SETTLED;
    private LivepatchState livepatch = IN_FORCE;
    private Optional<Hold> hold = Optional.empty();
    private HostIdentity host = HOST;
    private KernelBuild kernel = TestBundles.KERNEL;
    private boolean enrolled = true;
    private Reporting reporting = Reporting.NONE;

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
        var progress = new Progress(Optional.empty(), Optional.of(settled), Optional.empty(), Optional.empty());
        var memory = Memory.EMPTY.with(orders).with(progress).with(standing).with(reporting);
        return Status.of(
                Optional.of(URI.create("https://patch.example")), enrolled, memory, hold, host, kernel, livepatch);
    }

    @Test
    void protectedIsTheOrderedLevelInForceInThisBoot() {
        assertThat(status().verdict()).isEqualTo(Verdict.PROTECTED);
        assertThat(status().text())
                .contains("✓ ordered to run level 2 (p2)", "✓ level 2 (fix_2) is in force for every task")
                .endsWith("protected: the level ordered is in force");
    }

    @Test
    void aServerProblemIsToldFromAPatchProblemAndChangesNoVerdict() {
        var now = Instant.now();
        reporting = Reporting.NONE
                .troubled(
                        "https://patch.example cannot be reached: no answer in time",
                        now.minusSeconds(7300),
                        Optional.empty())
                .troubled("https://patch.example answers 500", now.minusSeconds(5), Optional.of(now.plusSeconds(200)));
        assertThat(status().verdict()).isEqualTo(Verdict.PROTECTED);
        assertThat(status().text())
                .contains(
                        "✗ server problem, not a patch problem, for 2 h: https://patch.example answers 500; next try in 3 min")
                .endsWith("protected: the level ordered is in force");
        assertThat(status().json())
                .contains("\"serverTrouble\" : {", "\"what\" : \"https://patch.example answers 500\"");
        assertThat(status().failure()).isEmpty();
        reporting = reporting.untroubled();
        assertThat(status().text()).doesNotContain("server problem");
    }

    @Test
    void neverInTheMiddleOfATransition() {
        livepatch = new LivepatchState(true, true, 2, 0, "fix_2", true, true);
        assertThat(status().verdict()).isEqualTo(Verdict.BEHIND);
        assertThat(status().text()).contains("✗ level 2 (fix_2) is on its way in: some tasks still run the old code");
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
        host = new HostIdentity("web-1", "next boot", Optional.empty());
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
        assertThat(status().text()).contains("✗ refused: untrusted-signer, words");
    }

    @Test
    void heldByHandOrByTheServerOrOff() {
        orders = orders(new Directive(1, 5, Directive.Order.HOLD, null, "freeze"));
        assertThat(status().verdict()).isEqualTo(Verdict.HELD);
        orders = orders(new Directive(1, 5, Directive.Order.NONE, null, null));
        assertThat(status().verdict()).isEqualTo(Verdict.HELD);
        orders = run(TWO);
        hold = Optional.of(new Hold(Hold.Mode.OFF, "latency", Instant.EPOCH));
        assertThat(status().verdict()).isEqualTo(Verdict.HELD);
        assertThat(status().text()).contains("✗ held on this host since 1970-01-01T00:00:00Z: latency");
    }

    @Test
    void notEnrolledComesFirst() {
        enrolled = false;
        assertThat(status().verdict()).isEqualTo(Verdict.NOT_ENROLLED);
        assertThat(status().json()).contains("\"verdict\" : \"not-enrolled\"", "\"version\" : 1");
    }
}
