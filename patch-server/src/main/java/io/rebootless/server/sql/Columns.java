package io.rebootless.server.sql;

import io.rebootless.kernel.BuildId;
import io.rebootless.kernel.KernelBuild;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Moments and kernel builds in rows. */
public final class Columns {
    /** What PostgreSQL's timestamps and people's calendars both hold: a host's clock can say anything. */
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private Columns() {}

    /** From {@code kernel_release, kernel_version, machine, build_id}. */
    public static KernelBuild kernel(ResultSet row) throws SQLException {
        return new KernelBuild(
                row.getString("kernel_release"),
                row.getString("kernel_version"),
                row.getString("machine"),
                new BuildId(row.getString("build_id")));
    }

    public static Instant instant(ResultSet row, String column) throws SQLException {
        Instant instant = optionalInstant(row, column);
        if (instant == null) {
            throw new SQLException(column + " is null");
        }
        return instant;
    }

    public static @Nullable Instant optionalInstant(ResultSet row, String column) throws SQLException {
        OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }

    public static OffsetDateTime column(Instant instant) {
        Instant held = instant.isBefore(EARLIEST) ? EARLIEST : instant.isAfter(LATEST) ? LATEST : instant;
        return held.atOffset(ZoneOffset.UTC);
    }

    /** Absent stays absent. */
    public static @Nullable OffsetDateTime optionalColumn(@Nullable Instant instant) {
        return instant == null ? null : column(instant);
    }
}
