package io.rebootless.agent.server;

import io.rebootless.agent.transport.Reply;
import io.rebootless.wire.AgentProtocol;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** When a server wants to be asked again: never believed beyond reason, so that no slip keeps a host away for years. */
final class Delays {
    private static final Duration LONGEST_RETRY = Duration.ofHours(1);
    private static final Duration LONGEST_POLL = Duration.ofDays(1);

    private Delays() {}

    /** What Retry-After says, as seconds or as a date: that is compared with the server's own Date, not with our clock. */
    static Optional<Duration> retryAfter(Reply reply) {
        var text = reply.header("Retry-After");
        return text.flatMap(said -> seconds(said, LONGEST_RETRY))
                .or(() -> text.flatMap(Delays::date)
                        .flatMap(then -> reply.header("Date")
                                .flatMap(Delays::date)
                                .map(now -> clamped(Duration.between(now, then), LONGEST_RETRY))));
    }

    /** The time from one poll to the next. */
    static Optional<Duration> poll(Reply reply) {
        return reply.header(AgentProtocol.POLL_SECONDS).flatMap(said -> seconds(said, LONGEST_POLL));
    }

    private static Optional<Duration> seconds(String text, Duration longest) {
        if (!text.matches("[0-9]+")) {
            return Optional.empty();
        }
        return Optional.of(text.length() > 9 ? longest : clamped(Duration.ofSeconds(Long.parseLong(text)), longest));
    }

    private static Duration clamped(Duration given, Duration longest) {
        return given.isNegative() ? Duration.ZERO : given.compareTo(longest) > 0 ? longest : given;
    }

    private static Optional<Instant> date(String text) {
        try {
            return Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
