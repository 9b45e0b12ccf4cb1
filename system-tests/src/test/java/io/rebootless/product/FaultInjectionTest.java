package io.rebootless.product;

import static io.rebootless.testing.TestPublishers.alice;
import static io.rebootless.testing.TestPublishers.bob;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.guest.DebianKernel;
import io.rebootless.testing.TestBundles;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;

/**
 * Out of memory, at every single allocation on the way, one after the other. Closing the host asserts that none of it has
 * left a trace: KASAN, lockdep and kmemleak watch.
 */
@KernelScenarios
@Timeout(value = 45, unit = TimeUnit.MINUTES)
@DebugKernelOnly
class FaultInjectionTest {
    private static final Duration LONG = Duration.ofMinutes(40);

    @Parameter
    DebianKernel debian;

    private SealedGuest host;

    @BeforeParameterizedClassInvocation
    void boot() {
        host = SealedGuest.boot(debian);
        host.guest().push(host.module().program("fail-each-allocation"), "/tmp/fail-each-allocation");
        host.guest().sh("""
                mount -t debugfs debugfs /sys/kernel/debug
                for how in failslab fail_page_alloc; do
                    echo N >/sys/kernel/debug/$how/ignore-gfp-wait
                    echo 0 >/sys/kernel/debug/$how/verbose
                done
                echo 0 >/sys/kernel/debug/fail_page_alloc/min-order""");
    }

    @AfterParameterizedClassInvocation
    void off() {
        host.close();
    }

    @Test
    void while_staging_and_verifying_a_bundle() {
        failEach("stage", host.samples().small(alice()), "upgrade", "loader-failed");
    }

    @Test
    void while_loading_a_livepatch() {
        failEach("apply", host.samples().level(1, alice()), "upgrade", "ok");
    }

    @Test
    void while_changing_trust() {
        // Refused at its very end, so that each round starts from the same trust.
        byte[] set = TestBundles.trustSet(
                1, 3, alice().certificate().der(), bob().certificate().der(), new byte[9]);
        failEach("stage", TestBundles.trust(1, set, alice()), "trust", "bad-certificate");
        assertThat(host.kernel().read("trust_level")).isEqualTo("0");
        assertThat(host.kernel().read("keys"))
                .isEqualTo(alice().certificate().fingerprint().hex());
    }

    private void failEach(String from, byte[] bundle, String word, String verdictInTheEnd) {
        host.guest().push(bundle, "/tmp/bundle.rlb");
        List<String> rounds = host.guest()
                .sh("/tmp/fail-each-allocation %s /tmp/bundle.rlb %s".formatted(from, word), LONG)
                .lines()
                .toList();
        assertThat(rounds).hasSizeGreaterThan(20).last().isEqualTo("done");
        assertThat(rounds.get(rounds.size() - 2))
                .as("the round without a fault")
                .contains(": ", verdictInTheEnd);
        // Each fault is reported as such, or somebody on the way could do without.
        assertThat(rounds.subList(0, rounds.size() - 2))
                .allMatch(round -> round.matches(
                        "\\d+ ((Cannot allocate|Out of) memory: .*|.*: ENOMEM .*|.*" + verdictInTheEnd + ".*)"));
    }
}
