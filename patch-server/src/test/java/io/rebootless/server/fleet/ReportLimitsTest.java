package io.rebootless.server.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rebootless.server.problem.ProblemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ReportLimitsTest {
    private static final int SMALL = 2_000;

    private final UUID host = UUID.randomUUID();
    private long nanos;
    private final ReportLimits limits = new ReportLimits(() -> nanos);

    private void later(Duration time) {
        nanos += time.toNanos();
    }

    private void reports(int times, long bytes) {
        for (int i = 0; i < times; i++) {
            limits.admit(host, bytes).close();
        }
    }

    private ProblemException refused(UUID who, long bytes) {
        return catchThrowableOfType(
                ProblemException.class, () -> limits.admit(who, bytes).close());
    }

    @Test
    void an_agent_in_the_middle_of_an_apply_is_never_refused() {
        for (int second = 0; second < 60; second++) {
            assertThatCode(() -> reports(5, SMALL)).doesNotThrowAnyException();
            later(Duration.ofSeconds(1));
        }
        for (int minute = 0; minute < 600; minute++) {
            assertThatCode(() -> reports(60, SMALL)).doesNotThrowAnyException();
            later(Duration.ofMinutes(1));
        }
    }

    @Test
    void an_agent_that_was_cut_off_for_long_may_catch_up() {
        assertThatCode(() -> reports(16, ReportLimits.MAX_BYTES)).doesNotThrowAnyException();
    }

    @Test
    void a_host_that_never_keeps_its_new_token_gets_one_a_minute() {
        for (int i = 0; i < ReportLimits.BURST_TOKENS; i++) {
            limits.admitToken(host);
        }
        for (int minute = 0; minute < 10; minute++) {
            var refusal = catchThrowableOfType(ProblemException.class, () -> limits.admitToken(host));
            assertThat(refusal.problem().name()).isEqualTo("too-many-reports");
            later(Duration.ofMinutes(1));
            limits.admitToken(host);
        }
        limits.admitToken(UUID.randomUUID());
    }

    @Test
    void a_flood_is_told_how_long_to_wait_and_harms_no_other_host() {
        reports(ReportLimits.BURST, SMALL);
        var refusal = refused(host, SMALL);
        assertThat(refusal.problem().name()).isEqualTo("too-many-reports");
        assertThat(refusal.problem().status()).isEqualTo(429);
        assertThat(refusal.headers()).containsEntry("Retry-After", "1");
        assertThat(refused(UUID.randomUUID(), SMALL)).isNull();
        later(Duration.ofSeconds(1));
        assertThat(refused(host, SMALL)).as("after as long as it was told").isNull();
    }

    @Test
    void few_but_huge_reports_are_a_flood_too_and_a_body_of_unknown_length_counts_as_huge() {
        for (long bytes : List.of(ReportLimits.MAX_BYTES, -1L, Long.MAX_VALUE)) {
            UUID other = UUID.randomUUID();
            for (int i = 0; i < ReportLimits.BURST_BYTES / ReportLimits.MAX_BYTES; i++) {
                assertThat(refused(other, bytes)).isNull();
            }
            assertThat(Integer.parseInt(
                            String.valueOf(refused(other, bytes).headers().get("Retry-After"))))
                    .isBetween(10, 20);
        }
    }

    @Test
    void no_host_has_more_than_two_reports_under_way_nor_holds_one_back_that_is_answered() {
        var open = new ArrayList<>(List.of(limits.admit(host, SMALL), limits.admit(host, SMALL)));
        assertThat(refused(host, SMALL).problem().name()).isEqualTo("too-many-reports");
        assertThat(refused(UUID.randomUUID(), SMALL)).isNull();
        open.remove(0).close();
        assertThat(refused(host, SMALL)).isNull();
        assertThat(refused(host, SMALL))
                .as("a refusal does not count as under way")
                .isNull();
    }
}
