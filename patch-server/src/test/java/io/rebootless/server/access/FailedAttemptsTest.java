package io.rebootless.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FailedAttemptsTest {
    private final AtomicLong now = new AtomicLong();
    private final FailedAttempts failures = new FailedAttempts(now::get);

    private static Sha256 secret(String text) {
        return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private boolean admitted(String address, Sha256 secret) {
        try {
            failures.admit(address, secret);
            return true;
        } catch (ProblemException e) {
            assertThat(e.problem().name()).isEqualTo("too-many-failures");
            return false;
        }
    }

    private int failuresUntilRefused(String address, Sha256 secret) {
        int count = 0;
        while (admitted(address, secret)) {
            failures.unknown(address, secret);
            count++;
        }
        return count;
    }

    @Test
    void one_secret_fails_so_often_and_then_waits_for_its_next_try() {
        assertThat(failuresUntilRefused("10.0.0.1", secret("bad"))).isEqualTo(FailedAttempts.BY_SECRET);
        now.addAndGet(Duration.ofSeconds(7).toNanos());
        assertThat(failuresUntilRefused("10.0.0.1", secret("bad"))).isEqualTo(1);
    }

    @Test
    void one_bad_host_behind_an_address_blocks_nobody_else_there() {
        failuresUntilRefused("10.0.0.1", secret("bad"));
        assertThat(admitted("10.0.0.1", secret("another that is not known here yet")))
                .isTrue();
        assertThat(admitted("10.0.0.2", secret("bad")))
                .as("nor the same elsewhere")
                .isTrue();
    }

    @Test
    void ever_new_secrets_are_held_by_their_address_and_nobody_elses() {
        int count = 0;
        while (admitted("10.0.0.1", secret("random " + count))) {
            failures.unknown("10.0.0.1", secret("random " + count++));
        }
        assertThat(count).isEqualTo(FailedAttempts.BY_ADDRESS);
        assertThat(admitted("10.0.0.2", secret("elsewhere"))).isTrue();
    }

    @Test
    void a_flood_from_everywhere_reaches_a_limit_that_known_secrets_pass() {
        failures.vouch(UUID.randomUUID(), Set.of(secret("known")));
        int count = 0;
        while (admitted("10.0." + count, secret("random " + count))) {
            failures.unknown("10.0." + count, secret("random " + count++));
        }
        assertThat(count).isEqualTo(FailedAttempts.BY_ALL);
        assertThat(admitted("192.0.2.1", secret("unknown"))).isFalse();
        assertThat(admitted("192.0.2.1", secret("known"))).isTrue();
    }

    @Test
    void a_known_secret_that_opens_nothing_any_more_is_limited_wherever_it_comes_from() {
        for (int i = 0; i < FailedAttempts.BY_SECRET; i++) {
            assertThatCode(() -> failures.worthless(secret("retired"))).doesNotThrowAnyException();
        }
        assertThatThrownBy(() -> failures.worthless(secret("retired"))).isInstanceOf(ProblemException.class);
        assertThatCode(() -> failures.worthless(secret("other"))).doesNotThrowAnyException();
    }

    @Test
    void of_each_owner_only_the_present_secrets_are_vouched_for() {
        UUID host = UUID.randomUUID();
        failures.vouch(host, Set.of(secret("old"), secret("never shown")));
        failures.vouch(host, Set.of(secret("old"), secret("new")));
        failures.vouch(UUID.randomUUID(), Set.of(secret("another's")));
        failures.vouch(host, Set.of(secret("new")));
        assertThat(failures.knows(secret("new"))).isTrue();
        assertThat(failures.knows(secret("another's"))).isTrue();
        assertThat(failures.knows(secret("old"))).isFalse();
        assertThat(failures.knows(secret("never shown"))).isFalse();
        failures.vouch(host, Set.of());
        assertThat(failures.knows(secret("new"))).isFalse();
    }
}
