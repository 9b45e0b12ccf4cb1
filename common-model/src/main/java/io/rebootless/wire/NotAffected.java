package io.rebootless.wire;

import io.rebootless.kernel.BuildId;
import java.time.Instant;

/**
 * A publisher's word that a CVE does not concern a kernel build: an entry of {@code GET
 * /api/v1/kernels/{buildId}/statements}.
 *
 * @param buildId the kernel build's
 * @param cve which vulnerability
 * @param reason why not, for people
 * @param by the name of the API key that stated it
 * @param at when
 */
public record NotAffected(BuildId buildId, String cve, String reason, String by, Instant at) {}
