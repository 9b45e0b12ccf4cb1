package io.rebootless.server.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RestartDelayTest {
    @Property
    void it_never_shrinks_and_never_exceeds_half_a_minute(@ForAll @IntRange(max = Integer.MAX_VALUE - 1) int failures) {
        assertThat(RestartDelay.after(failures))
                .isPositive()
                .isLessThanOrEqualTo(RestartDelay.after(failures + 1))
                .isLessThanOrEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void the_first_attempt_comes_at_once_and_the_eighth_after_half_a_minute() {
        assertThat(RestartDelay.after(0)).isEqualTo(Duration.ofMillis(250));
        assertThat(RestartDelay.after(7)).isEqualTo(Duration.ofSeconds(30));
    }
}
