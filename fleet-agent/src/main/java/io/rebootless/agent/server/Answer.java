package io.rebootless.agent.server;

import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.Directive;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a poll brought.
 *
 * @param directive absent if nothing has changed
 * @param etag the directive's
 * @param next when to ask again, if the server has said
 * @param reportWanted whether the server wants the state again
 * @param tokenWanted whether the server wants this host to fetch a new token
 * @param lifted names of quarantines that an operator has lifted
 * @param authorities digest of the authorities that the server wants to be known by, if it has some of its own
 */
public record Answer(
        Optional<Directive> directive,
        Optional<String> etag,
        Optional<Duration> next,
        boolean reportWanted,
        boolean tokenWanted,
        Set<UUID> lifted,
        Optional<String> authorities) {
    private static final Pattern NAME = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    /** Many times what a host can report. */
    private static final int MAX_NAMES = 256;

    /** The names in {@link AgentProtocol#QUARANTINE_LIFTED}; what is no name lifts nothing. */
    static Set<UUID> names(@Nullable String header) {
        return header == null
                ? Set.of()
                : Arrays.stream(header.split(",", MAX_NAMES))
                        .map(String::strip)
                        .filter(word -> NAME.matcher(word).matches())
                        .map(UUID::fromString)
                        .collect(Collectors.toUnmodifiableSet());
    }
}
