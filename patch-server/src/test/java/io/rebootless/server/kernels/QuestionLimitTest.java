package io.rebootless.server.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.server.problem.ProblemException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class QuestionLimitTest {
    private final AtomicLong now = new AtomicLong();
    private final QuestionLimit limit = new QuestionLimit(now::get);

    private boolean admitted(String address) {
        try {
            limit.admit(address);
            return true;
        } catch (ProblemException e) {
            assertThat(e.problem().name()).isEqualTo("too-many-questions");
            return false;
        }
    }

    private int admittedUntilRefused(String address) {
        int count = 0;
        while (admitted(address)) {
            count++;
        }
        return count;
    }

    @Test
    void one_address_is_held_and_silences_no_other() {
        assertThat(admittedUntilRefused("192.0.2.1")).isEqualTo(QuestionLimit.BY_ADDRESS);
        assertThat(admitted("192.0.2.2")).isTrue();
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(admittedUntilRefused("192.0.2.1")).isEqualTo(QuestionLimit.BY_ADDRESS_A_SECOND);
    }

    @Test
    void what_one_machine_gets_of_ipv6_counts_as_one_address() {
        assertThat(admittedUntilRefused("2001:db8::1")).isEqualTo(QuestionLimit.BY_ADDRESS);
        assertThat(admitted("2001:db8:0:0:ffff::2")).isFalse();
        assertThat(admitted("2001:db8:0:1::1")).isTrue();
        assertThat(admitted("::ffff:192.0.2.1")).isTrue();
        assertThat(admitted("no:address")).as("what a proxy has made up").isTrue();
    }

    @Test
    void all_addresses_together_are_held_too() {
        int admitted = 0;
        for (int address = 0; address < 2 * QuestionLimit.BY_ALL; address++) {
            admitted += admitted("2001:db8:%x::1".formatted(address)) ? 1 : 0;
        }
        assertThat(admitted).isEqualTo(QuestionLimit.BY_ALL);
    }
}
