package io.rebootless.server.catalog;

/** Knows what rollouts have come to. */
public interface ReleaseSource {
    /**
     * Takes account of what was published and withdrawn. Before the catalogue is read, so that no host is told between a
     * publication and its rollout's beginning that there is something it may not have.
     */
    void bringUpToDate();

    /** Reads it, in one transaction with the catalogue, so that one generation names both. */
    Releases read();
}
