package io.rebootless.wire;

/**
 * Takes back a bundle ({@code POST /api/v1/bundles/{digest}/withdrawal}), or all of a publication ({@code POST
 * /api/v1/publications/{name}/withdrawal}).
 *
 * @param reason shown to whoever asks, 1 to 500 characters
 */
public record WithdrawalRequest(String reason) {
    public WithdrawalRequest {
        Limits.reason("reason", reason, 500);
    }
}
