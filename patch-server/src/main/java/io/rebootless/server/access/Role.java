package io.rebootless.server.access;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;
import java.util.Set;

/** What a caller is. */
public enum Role {
    /** Reads everything but secrets. */
    @JsonProperty("viewer")
    VIEWER,
    /** Enrols hosts and has them leave. */
    @JsonProperty("operator")
    OPERATOR,
    /** Uploads and withdraws bundles, and states which kernel builds a CVE does not concern. */
    @JsonProperty("publisher")
    PUBLISHER,
    /** All of it, and the API keys. */
    @JsonProperty("admin")
    ADMIN,
    /** A host with its token: never given to an API key. */
    @JsonProperty("host")
    HOST;

    /** As the API and people write it. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The roles whose rights this one has, its own included. */
    Set<Role> rights() {
        return switch (this) {
            case VIEWER -> Set.of(VIEWER);
            case OPERATOR -> Set.of(VIEWER, OPERATOR);
            case PUBLISHER -> Set.of(VIEWER, PUBLISHER);
            case ADMIN -> Set.of(VIEWER, OPERATOR, PUBLISHER, ADMIN);
            case HOST -> Set.of(HOST);
        };
    }
}
