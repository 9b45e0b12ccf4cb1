package io.rebootless.wire;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Hosts under one name: an entry of {@code GET /api/v1/groups}.
 *
 * @param name how it is called
 * @param query which hosts are in it: whichever the query finds at the moment of asking
 * @param description what it is for; absent if nobody has said
 * @param hosts how many it finds now
 * @param changedBy name of the key that made or changed it last
 * @param changed when
 */
public record HostGroup(
        String name, String query, @Nullable String description, long hosts, String changedBy, Instant changed) {}
