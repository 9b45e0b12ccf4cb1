package io.rebootless.agent.cycle;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Remembers what is wrong with the server, for {@code status}: apart from what is wrong with this host or with a bundle,
 * for the one is mended there and the other here.
 */
final class ServerHealth {
    private final Equipment with;
    private Optional<String> complaint = Optional.empty();
    private Optional<String> lesser = Optional.empty();
    private boolean retired;

    ServerHealth(Equipment equipment) {
        this.with = equipment;
    }

    /** A round begins. */
    void begin() {
        complaint = Optional.empty();
        lesser = Optional.empty();
        retired = false;
    }

    /** The server has no such host any more. */
    void retired(String what) {
        complain(what);
        retired = true;
    }

    /** Something was not right; the first thing in a round counts. */
    void complain(String what) {
        if (complaint.isEmpty()) {
            complaint = Optional.of(what);
        }
    }

    /** Something was not right that only counts if nothing else is wrong. */
    void mention(String what) {
        lesser = Optional.of(what);
    }

    /** A round has ended; {@code next} is when the server is asked again, if it is. */
    void end(Optional<Duration> next) throws IOException {
        var found = complaint.or(() -> lesser);
        if (found.isEmpty() && with.state().look().reporting().trouble().isEmpty()) {
            return;
        }
        var now = with.wall().instant();
        try (var session = with.state().open()) {
            var reporting = session.memory().reporting();
            session.save(session.memory()
                    .with(found.map(what -> retired
                                    ? reporting.retired(what, now)
                                    : reporting.troubled(what, now, next.map(now::plus)))
                            .orElseGet(reporting::untroubled)));
        }
    }
}
