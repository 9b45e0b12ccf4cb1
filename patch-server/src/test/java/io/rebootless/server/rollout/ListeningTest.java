package io.rebootless.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ListeningTest {
    private static final Instant START = Instant.parse("2026-11-29T10:00:00Z");

    private static Listening looks(Duration... after) {
        var listening = Listening.NOT_YET.at(START);
        for (Duration one : after) {
            listening = listening.at(START.plus(one));
        }
        return listening;
    }

    @Test
    void a_server_listens_from_its_first_look_on() {
        assertThat(looks().since()).isEqualTo(START);
        assertThat(looks(Duration.ofSeconds(1), Duration.ofSeconds(4)).since()).isEqualTo(START);
    }

    @Test
    void one_that_slept_or_had_no_database_begins_anew() {
        assertThat(looks(Duration.ofSeconds(1), Duration.ofHours(1)).since())
                .isEqualTo(START.plus(Duration.ofHours(1)));
    }

    @Test
    void so_does_one_whose_database_has_had_its_clock_set_back() {
        assertThat(looks(Duration.ofSeconds(4), Duration.ofSeconds(2)).since()).isEqualTo(START.plusSeconds(2));
    }
}
