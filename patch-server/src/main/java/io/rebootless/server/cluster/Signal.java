package io.rebootless.server.cluster;

/**
 * Something has changed in the database, told to every server by its committing. Published as an application event on
 * each of them, the sender included.
 *
 * @param id which one: an id, never content, for whoever listens reads the database
 */
public record Signal(Topic topic, String id) {
    /** What can have changed. */
    public enum Topic {
        /** What is published, or withdrawn: the id is the generation. */
        CATALOG,
        /** A host: its token, its leaving, its kernel. */
        HOST,
        /** An API key was made, replaced or revoked. */
        API_KEY
    }

    String payload() {
        return topic + ":" + id;
    }
}
