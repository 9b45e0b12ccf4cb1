package io.rebootless.agent.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class HoldEndTest {
    @ParameterizedTest
    @CsvSource({"90m, PT1H30M", "8h, PT8H", "2d, PT48H", "1d12h, PT36H", "1d0h5m, PT24H5M"})
    void lengthsAreWrittenAsPeopleSayThem(String text, Duration length) {
        assertThat(new HoldEnd.Length().convert(text)).isEqualTo(length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "8", "h", "8 h", "-8h", "8h1d", "1.5h", "8hours", "99999999h"})
    void anythingElseIsNoLength(String text) {
        assertThatThrownBy(() -> new HoldEnd.Length().convert(text)).isInstanceOf(TypeConversionException.class);
    }

    @Test
    void momentsHaveAnOffsetOrThisHostsZone() throws Exception {
        var moment = new HoldEnd.Moment();
        assertThat(moment.convert("2026-12-24T18:00Z")).isEqualTo(Instant.parse("2026-12-24T18:00:00Z"));
        assertThat(moment.convert("2026-12-24T18:00:05+01:00")).isEqualTo(Instant.parse("2026-12-24T17:00:05Z"));
        assertThat(moment.convert("2026-12-24T18:00"))
                .isBetween(Instant.parse("2026-12-24T04:00:00Z"), Instant.parse("2026-12-25T08:00:00Z"));
        assertThatThrownBy(() -> moment.convert("tomorrow")).isInstanceOf(TypeConversionException.class);
    }
}
