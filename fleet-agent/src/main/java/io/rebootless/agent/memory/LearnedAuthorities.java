package io.rebootless.agent.memory;

import io.rebootless.bundle.Sha256;
import java.util.Objects;

/**
 * The server's authorities as the server has last told them, over a connection that those before them vouched for.
 *
 * @param version 1
 * @param ca digest of the administrator's CA file at that time: once that file says something else, this is void
 * @param pem the certificates
 */
public record LearnedAuthorities(int version, Sha256 ca, String pem) {
    public LearnedAuthorities {
        Objects.requireNonNull(ca, "ca");
        Objects.requireNonNull(pem, "pem");
    }
}
