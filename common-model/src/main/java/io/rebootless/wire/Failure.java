package io.rebootless.wire;

/**
 * Why an agent is not where it was told to be.
 *
 * @param name the refusal's stable name, such as {@code below-floor}, or one of the agent's own
 * @param message what happened and what to do, 1 to 2000 characters, in one line: it is shown beside what others say
 */
public record Failure(String name, String message) {
    public Failure {
        name = Limits.oneLine("failure.name", name);
        message = Limits.oneLine("failure.message", message);
        Limits.text("failure.name", name, 64);
        Limits.text("failure.message", message, 2000);
    }
}
