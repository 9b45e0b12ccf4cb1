package io.rebootless.server.archive;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a database says of its own tables. */
final class Schema {
    private static final String HISTORY = "flyway_schema_history";
    private static final Pattern RANGE = Pattern.compile("FOR VALUES FROM \\('([^']+)'\\) TO \\('([^']+)'\\)");

    private final Connection connection;

    /** The connection's time zone must be UTC for bounds to mean the same everywhere. */
    Schema(Connection connection) {
        this.connection = connection;
    }

    /** Whether nobody has ever made anything in it. */
    boolean isEmpty() throws SQLException {
        return rows(
                        "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace LIMIT 1",
                        row -> row.getString(1))
                .isEmpty();
    }

    /**
     * The newest migration that was applied.
     *
     * @throws ArchiveException if there is none, or one has failed half-way
     */
    String version() throws SQLException {
        if (rows("SELECT to_regclass('%s')::text".formatted(HISTORY), row -> String.valueOf(row.getString(1)))
                .contains("null")) {
            throw new ArchiveException("the database holds no data of a server");
        }
        if (!rows("SELECT version FROM %s WHERE NOT success".formatted(HISTORY), row -> row.getString(1))
                .isEmpty()) {
            throw new ArchiveException("the database's last migration has failed: mend that first");
        }
        return rows(
                        "SELECT version FROM %s WHERE version IS NOT NULL ORDER BY installed_rank DESC LIMIT 1"
                                .formatted(HISTORY),
                        row -> row.getString(1))
                .stream()
                .findFirst()
                .orElseThrow(() -> new ArchiveException("the database holds no data of a server"));
    }

    /** All tables in an order in which they can be filled. Columns that PostgreSQL computes are left out. */
    List<ArchiveHeader.Table> tables() throws SQLException {
        var columns = new TreeMap<String, List<String>>();
        for (String[] row : rows("""
                SELECT c.relname, a.attname
                FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
                  AND NOT c.relispartition AND c.relname <> '%s'
                  AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
                ORDER BY c.relname, a.attnum
                """.formatted(HISTORY), Schema::pair)) {
            columns.computeIfAbsent(row[0], table -> new ArrayList<>()).add(row[1]);
        }
        var references = new HashMap<String, Set<String>>();
        for (String[] row : rows("""
                SELECT t.relname, r.relname
                FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class r ON r.oid = c.confrelid
                WHERE c.contype = 'f' AND t.relnamespace = current_schema()::regnamespace
                  AND NOT t.relispartition AND NOT r.relispartition
                """, Schema::pair)) {
            references.computeIfAbsent(row[0], table -> new HashSet<>()).add(row[1]);
        }
        return TableOrder.of(new TreeSet<>(columns.keySet()), references).stream()
                .map(table -> new ArchiveHeader.Table(table, columns.getOrDefault(table, List.of())))
                .toList();
    }

    /** The partitions by range that were made while the server ran. The default ones come with the schema. */
    List<ArchiveHeader.Partition> partitions() throws SQLException {
        return rows("""
                SELECT c.relname, p.relname, pg_get_expr(c.relpartbound, c.oid)
                FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid JOIN pg_class p ON p.oid = i.inhparent
                WHERE c.relnamespace = current_schema()::regnamespace AND c.relispartition AND c.relkind IN ('r', 'p')
                  AND pg_get_expr(c.relpartbound, c.oid) <> 'DEFAULT'
                ORDER BY c.relname
                """, row -> {
            Matcher range = RANGE.matcher(row.getString(3));
            if (!range.matches()) {
                throw new ArchiveException("the partition %s is of a kind that no archive has: %s"
                        .formatted(row.getString(1), row.getString(3)));
            }
            return new ArchiveHeader.Partition(row.getString(1), row.getString(2), range.group(1), range.group(2));
        });
    }

    /** The triggers that migrations have put on tables, by table, as they are in force now. */
    List<Trigger> triggers() throws SQLException {
        return rows("""
                SELECT c.relname, t.tgname
                FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
                WHERE c.relnamespace = current_schema()::regnamespace
                  AND NOT t.tgisinternal AND t.tgparentid = 0 AND t.tgenabled = 'O'
                ORDER BY c.relname, t.tgname
                """, row -> new Trigger(row.getString(1), row.getString(2)));
    }

    record Trigger(String table, String name) {}

    /** The last number that each sequence has given out; those that have given out none are absent. */
    Map<String, Long> sequences() throws SQLException {
        var last = new TreeMap<String, Long>();
        for (String[] row : rows("""
                SELECT sequencename, last_value::text FROM pg_sequences
                WHERE schemaname = current_schema() AND last_value IS NOT NULL
                """, Schema::pair)) {
            last.put(row[0], Long.valueOf(row[1]));
        }
        return last;
    }

    /** The digests under which the published bundles' files are stored. */
    List<String> bundles() throws SQLException {
        return rows("SELECT file_digest FROM bundle ORDER BY id", row -> row.getString(1));
    }

    private interface Read<T> {
        T read(ResultSet row) throws SQLException;
    }

    private static String[] pair(ResultSet row) throws SQLException {
        return new String[] {row.getString(1), row.getString(2)};
    }

    private <T> List<T> rows(String sql, Read<T> read) throws SQLException {
        var all = new ArrayList<T>();
        try (var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            while (result.next()) {
                all.add(read.read(result));
            }
        }
        return all;
    }
}
