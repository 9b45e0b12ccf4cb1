package io.rebootless.server.catalog;

import io.rebootless.bundle.Sha256;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Which hosts are told to run which bundles, whatever the reason: what rollouts have come to at one moment.
 *
 * @param everybody identities of the bundles that every host of their kernel build is told to run
 * @param quarantined identities of the bundles that no further host is told to run
 * @param hosts for a host, the bundles that rollouts have come to it with so far
 */
public record Releases(Set<Sha256> everybody, Set<Sha256> quarantined, Map<UUID, Map<Sha256, Release>> hosts) {
    /** How far one has come to a host. */
    public enum Release {
        /** Not at all. */
        NONE,
        /** It may be handed the bundle, by whoever takes that down first. */
        OPEN,
        /** It was handed the bundle. */
        HANDED
    }

    public Releases {
        everybody = Set.copyOf(everybody);
        quarantined = Set.copyOf(quarantined);
        hosts = Map.copyOf(hosts);
    }

    /** How far a bundle has come to a host. */
    public Release of(UUID host, Sha256 bundle) {
        if (everybody.contains(bundle)) {
            return Release.HANDED;
        }
        return hosts.getOrDefault(host, Map.of()).getOrDefault(bundle, Release.NONE);
    }
}
