package io.rebootless.agent.server;

import io.rebootless.wire.Directive;
import java.time.Duration;
import java.util.Optional;

/**
 * What a poll brought.
 *
 * @param directive absent if nothing has changed
 * @param etag the directive's
 * @param next when to ask again, if the server has said
 * @param reportWanted whether the server wants the state again
 * @param tokenWanted whether the server wants this host to fetch a new token
 * @param authorities digest of the authorities that the server wants to be known by, if it has some of its own
 */
public record Answer(
        Optional<Directive> directive,
        Optional<String> etag,
        Optional<Duration> next,
        boolean reportWanted,
        boolean tokenWanted,
        Optional<String> authorities) {}
