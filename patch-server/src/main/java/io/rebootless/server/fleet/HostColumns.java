package io.rebootless.server.fleet;

import io.rebootless.kernel.BuildId;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.access.HostTokens.Standing;
import io.rebootless.wire.BlockingTask;
import io.rebootless.wire.FleetHost.Quarantine;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** How values of the fleet's tables become Java's and back. */
@Component
final class HostColumns {
    /** What PostgreSQL's timestamps and people's calendars both hold: a host's clock can say anything. */
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

    /** Of {@code host}, with no other table that has such columns. */
    static final String STANDING = "retired_at IS NOT NULL AS retired, cloned_at IS NOT NULL AS cloned";

    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");
    private static final TypeReference<Map<String, String>> LABELS = new TypeReference<>() {};
    private static final TypeReference<List<BlockingTask>> BLOCKING = new TypeReference<>() {};
    private static final TypeReference<List<Quarantine>> QUARANTINED = new TypeReference<>() {};

    private final JsonMapper json;

    HostColumns(JsonMapper json) {
        this.json = json;
    }

    Map<String, String> labels(String column) {
        return json.readValue(column, LABELS);
    }

    String asJson(Map<String, String> values) {
        return json.writeValueAsString(values);
    }

    List<BlockingTask> blocking(String column) {
        return json.readValue(column, BLOCKING);
    }

    String blocking(List<BlockingTask> tasks) {
        return json.writeValueAsString(tasks);
    }

    /** What {@link Fleet} has gathered of a host's rows; absent if there are none. */
    List<Quarantine> quarantined(@Nullable String column) {
        return column == null ? List.of() : json.readValue(column, QUARANTINED);
    }

    static KernelBuild kernel(ResultSet row) throws SQLException {
        return new KernelBuild(
                row.getString("kernel_release"),
                row.getString("kernel_version"),
                row.getString("machine"),
                new BuildId(row.getString("build_id")));
    }

    /** From {@link #STANDING}. */
    static Standing standing(ResultSet row) throws SQLException {
        if (row.getBoolean("retired")) {
            return Standing.RETIRED;
        }
        return row.getBoolean("cloned") ? Standing.CLONED : Standing.MEMBER;
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        Instant instant = optionalInstant(row, column);
        if (instant == null) {
            throw new SQLException(column + " is null");
        }
        return instant;
    }

    static @Nullable Instant optionalInstant(ResultSet row, String column) throws SQLException {
        OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }

    static OffsetDateTime column(Instant instant) {
        Instant held = instant.isBefore(EARLIEST) ? EARLIEST : instant.isAfter(LATEST) ? LATEST : instant;
        return held.atOffset(ZoneOffset.UTC);
    }
}
