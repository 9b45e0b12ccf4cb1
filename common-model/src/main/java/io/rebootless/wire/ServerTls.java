package io.rebootless.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.rebootless.bundle.Sha256;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How a server shows who it is: {@code GET /api/v1/tls}.
 *
 * @param mode where its certificate comes from
 * @param certificateEnds when the certificate does that it shows; absent where it does not know
 * @param authorities those that hosts are told to trust, of all servers that share a database; none unless {@code own-ca}
 * @param digest names the list, as hosts do in their polls; absent without one
 * @param hosts who trusts that very list
 * @param switchFrom when the server goes over to the next authority by itself, if every host that answers trusts it then;
 *     absent while there is none
 */
public record ServerTls(
        Mode mode,
        @Nullable Instant certificateEnds,
        List<Authority> authorities,
        @Nullable String digest,
        Hosts hosts,
        @Nullable Instant switchFrom) {
    public ServerTls {
        Objects.requireNonNull(mode, "mode");
        authorities = List.copyOf(authorities);
        Objects.requireNonNull(hosts, "hosts");
    }

    /** Where a certificate comes from. */
    public enum Mode {
        /** By the server's own authority. */
        @JsonProperty("own-ca")
        OWN_CA,
        /** From files of the operator's. */
        @JsonProperty("files")
        FILES,
        /** As Spring Boot's settings say. */
        @JsonProperty("spring")
        SPRING,
        /** There is none: plain HTTP. */
        @JsonProperty("off")
        OFF
    }

    /** Where an authority stands in the succession of its server's. */
    public enum Generation {
        /** Signs the certificate that the server shows. */
        @JsonProperty("current")
        CURRENT,
        /** Announced, and not used yet. */
        @JsonProperty("next")
        NEXT,
        /** Was used before. */
        @JsonProperty("previous")
        PREVIOUS
    }

    /**
     * An authority.
     *
     * @param fingerprint SHA-256 of its certificate
     * @param subject its name
     * @param server id of the server that it belongs to
     * @param own whether that is the one that answers
     * @param since when it became what it is
     * @param ends when its certificate does
     */
    public record Authority(
            Sha256 fingerprint,
            String subject,
            Generation generation,
            UUID server,
            boolean own,
            Instant since,
            Instant ends) {}

    /**
     * Who trusts the list as it is now.
     *
     * @param total hosts in the fleet
     * @param ready those that do
     * @param waiting those that were heard of lately and do not: the switch waits for them
     * @param silent those that do not and were not heard of lately
     * @param missing names of those that do not, at most 100, those heard of first
     */
    public record Hosts(int total, int ready, int waiting, int silent, List<Missing> missing) {
        public Hosts {
            missing = List.copyOf(missing);
        }
    }

    /** A host that does not trust the list yet. */
    public record Missing(UUID id, String hostname, boolean silent) {}
}
