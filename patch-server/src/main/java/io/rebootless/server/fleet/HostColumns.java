package io.rebootless.server.fleet;

import io.rebootless.server.access.HostTokens.Standing;
import io.rebootless.wire.BlockingTask;
import io.rebootless.wire.FleetHost.Quarantine;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** How values of the fleet's tables become Java's and back. */
@Component
final class HostColumns {
    /** Of {@code host}, with no other table that has such columns. */
    static final String STANDING = "retired_at IS NOT NULL AS retired, cloned_at IS NOT NULL AS cloned";

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

    /** From {@link #STANDING}. */
    static Standing standing(ResultSet row) throws SQLException {
        if (row.getBoolean("retired")) {
            return Standing.RETIRED;
        }
        return row.getBoolean("cloned") ? Standing.CLONED : Standing.MEMBER;
    }
}
