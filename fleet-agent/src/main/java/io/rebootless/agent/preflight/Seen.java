package io.rebootless.agent.preflight;

import java.util.Optional;

/** What came of reading a file: that one may not look is not the same as that nothing is there. */
sealed interface Seen {
    /** Without the white space around it. */
    record Text(String content) implements Seen {}

    record Absent() implements Seen {}

    /**
     * It may be there.
     *
     * @param why in words
     */
    record Denied(String why) implements Seen {}

    static Seen of(String text) {
        return new Text(text.strip());
    }

    default Optional<String> text() {
        return this instanceof Text seen ? Optional.of(seen.content()) : Optional.empty();
    }

    default boolean says(String text) {
        return text().filter(text::equals).isPresent();
    }
}
