package io.rebootless.server.access;

import java.util.UUID;

/**
 * Who makes a request.
 *
 * @param id the API key's or the host's
 * @param role what it may do
 */
public record Caller(UUID id, Role role) {}
