package io.rebootless.wire;

/**
 * The token that replaces a host's: {@code POST /api/v1/agent/token}. The present one is good until this one is shown.
 *
 * @param version 1
 * @param token what the host shows from now on: secret
 */
public record HostToken(int version, String token) {
    public HostToken {
        Limits.range("version", version, 1, Integer.MAX_VALUE);
        Limits.text("token", token, 200);
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "HostToken";
    }
}
