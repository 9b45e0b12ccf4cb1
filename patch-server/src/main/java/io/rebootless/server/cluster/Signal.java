package io.rebootless.server.cluster;

import java.util.Arrays;
import java.util.Optional;

/**
 * Something has changed in the database, told to every server by its committing. Published as an application event on
 * each of them, the sender included; whoever reacts does so at once and leaves what takes time to a thread of its own.
 *
 * @param id which one: an id, never content, for whoever listens reads the database
 */
public record Signal(Topic topic, String id) {
    /** What can have changed. */
    public enum Topic {
        /** What is published, or withdrawn: the id is the generation. */
        CATALOG,
        /** A host: its joining, its token, its leaving, its kernel, its labels and facts. */
        HOST,
        /** An API key was made, replaced or revoked. */
        API_KEY,
        /** An enrolment key was made. */
        ENROLLMENT_KEY,
        /** Hosts are held back, or not any more. */
        HOLD,
        /** A group has other hosts now. */
        GROUP
    }

    String payload() {
        return topic + ":" + id;
    }

    /** Empty for a topic that only a newer server knows. */
    static Optional<Signal> parse(String payload) {
        int colon = payload.indexOf(':');
        return Arrays.stream(Topic.values())
                .filter(topic -> colon > 0 && payload.startsWith(topic + ":"))
                .findAny()
                .map(topic -> new Signal(topic, payload.substring(colon + 1)));
    }
}
