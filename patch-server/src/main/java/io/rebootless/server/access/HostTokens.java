package io.rebootless.server.access;

import io.rebootless.bundle.Sha256;
import java.util.Optional;
import java.util.UUID;

/** Knows which host a token belongs to. The fleet does; access only asks. */
public interface HostTokens {
    Optional<Holder> holder(Sha256 tokenHash);

    /**
     * A host that shows its token.
     *
     * @param retired it has left the fleet: its token is known, and good for nothing
     */
    record Holder(UUID host, boolean retired) {}
}
