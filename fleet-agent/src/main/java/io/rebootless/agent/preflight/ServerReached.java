package io.rebootless.agent.preflight;

import java.time.Duration;

/** Whether the patch server can be reached: name, connection, TLS, and an answer in time. */
record ServerReached(ServerAnswer answer) implements Check {
    private static final Duration SLOW = Duration.ofSeconds(3);

    @Override
    public String name() {
        return "server";
    }

    @Override
    public Finding judge() {
        if (answer instanceof ServerAnswer.Told told) {
            String words =
                    "%s answered in %d ms".formatted(told.server(), told.took().toMillis());
            return told.took().compareTo(SLOW) > 0
                    ? attention(words, "Look at the network and the server's load; polls need no speed, downloads do.")
                    : ready(words);
        }
        if (answer instanceof ServerAnswer.Refused refused) {
            return ready("%s was reached".formatted(refused.server()));
        }
        if (answer instanceof ServerAnswer.Unreachable unreachable) {
            return blocked(
                    unreachable.words(),
                    "This host cannot enrol before it reaches the server: check name, port, firewall, proxy and --ca.");
        }
        return notAsked("--server URL [--ca FILE] looks whether it can be reached");
    }
}
