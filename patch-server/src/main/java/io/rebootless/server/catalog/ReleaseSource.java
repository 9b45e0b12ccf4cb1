package io.rebootless.server.catalog;

import io.rebootless.bundle.Sha256;
import java.util.UUID;

/** Knows what rollouts have come to. */
public interface ReleaseSource {
    /**
     * Takes account of what was published and withdrawn. Before the catalogue is read, so that no host is told between a
     * publication and its rollout's beginning that there is something it may not have.
     */
    void bringUpToDate();

    /** Reads it, in one transaction with the catalogue, so that one generation names both. */
    Releases read();

    /** Whether a host may fetch a bundle, by the database: not if that is in quarantine and the host has not settled on it. */
    boolean mayFetch(UUID host, Sha256 bundle);
}
