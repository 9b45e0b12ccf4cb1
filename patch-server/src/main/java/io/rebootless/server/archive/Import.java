package io.rebootless.server.archive;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.storage.CommandDatabase;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Fills an empty database and an empty data directory from an archive: the schema of its time first, then its rows in
 * one transaction, which ends when its last checksum is right, and then the migrations since.
 */
final class Import {
    private static final int BUFFER = 1 << 16;

    private final JsonMapper json = WireJson.mapper();
    private final CommandDatabase database;
    private final ImportDirectory directory;
    private final Consumer<String> progress;

    Import(CommandDatabase database, ImportDirectory directory, Consumer<String> progress) {
        this.database = database;
        this.directory = directory;
        this.progress = progress;
    }

    /**
     * What was imported.
     *
     * @param sum of the archive
     */
    record Result(ArchiveHeader header, String schemaNow, int bundles, Sha256 sum) {}

    /**
     * All or nothing: after an exception the database is as empty as it was; the directory is the caller's to empty.
     *
     * @throws ArchiveException if the database is not empty, or the archive is not whole or not for this server
     */
    Result from(InputStream in) throws IOException, SQLException {
        checkEmpty();
        var archive = new ArchiveReader(in);
        ArchiveHeader header = header(archive);
        try {
            flyway(MigrationVersion.fromVersion(header.schema())).migrate();
            Result result = load(archive, header);
            flyway(MigrationVersion.LATEST).migrate();
            analyze();
            return result;
        } catch (IOException | SQLException | RuntimeException e) {
            try {
                flyway(MigrationVersion.LATEST).clean();
            } catch (FlywayException stays) {
                progress.accept("the database could not be emptied again: create another before the next import");
                e.addSuppressed(stays);
            }
            throw e;
        }
    }

    private void checkEmpty() throws SQLException {
        try (Connection connection = database.connect()) {
            if (!new Schema(connection).isEmpty()) {
                throw new ArchiveException(
                        "the database is not empty. Import takes one in which nobody has made anything: create another");
            }
        }
    }

    private Flyway flyway(MigrationVersion target) {
        return Flyway.configure()
                .dataSource(database.url(), database.user(), database.password())
                .locations("classpath:db/migration")
                .target(target)
                .cleanDisabled(false)
                .load();
    }

    private ArchiveHeader header(ArchiveReader archive) throws IOException {
        ArchiveReader.Next first = archive.next();
        ArchiveHeader header;
        try {
            if (!first.name().equals(ArchiveHeader.NAME)) {
                throw new ArchiveException("the file is no archive of a server: it begins with " + first.name());
            }
            header = json.readValue(archive.readWhole(first), ArchiveHeader.class);
        } catch (JacksonException e) {
            throw new ArchiveException("the archive is damaged: " + ArchiveHeader.NAME, e);
        }
        String newest = newest();
        if (header.format() != ArchiveHeader.FORMAT
                || MigrationVersion.fromVersion(header.schema()).isNewerThan(newest)) {
            throw new ArchiveException(
                    "the archive is a newer server's (format %d, schema %s; this one knows format %d, schema %s): import it with that"
                            .formatted(header.format(), header.schema(), ArchiveHeader.FORMAT, newest));
        }
        progress.accept("archive of %s, schema %s".formatted(header.createdAt(), header.schema()));
        return header;
    }

    private String newest() {
        return Arrays.stream(flyway(MigrationVersion.LATEST).info().all())
                .map(migration -> migration.getVersion())
                .max(MigrationVersion::compareTo)
                .orElseThrow()
                .getVersion();
    }

    private Result load(ArchiveReader archive, ArchiveHeader header) throws IOException, SQLException {
        try (Connection connection = database.connect()) {
            Session.prepare(connection);
            connection.setAutoCommit(false);
            var schema = new Schema(connection);
            checkTables(header, schema);
            makePartitions(header, connection);
            // What triggers would do for the rows was done once: it is in the archive too.
            List<Schema.Trigger> triggers = schema.triggers();
            turn("DISABLE", triggers, connection);
            removeSeed(header, connection);
            int bundles = 0;
            var rows = new Rows(connection, header);
            ArchiveReader.Next entry = archive.next();
            for (; !entry.name().equals(ArchiveHeader.SUMS); entry = archive.next()) {
                if (entry.name().startsWith(Rows.PREFIX)) {
                    archive.read(entry, rows.sink(entry.name()));
                    continue;
                }
                rows.end();
                if (entry.name().equals(ArchiveHeader.SEQUENCES)) {
                    set(json.readValue(archive.readWhole(entry), new TypeReference<>() {}), schema, connection);
                } else {
                    bundles += directory.take(archive, entry) ? 1 : 0;
                }
            }
            rows.end();
            turn("ENABLE", triggers, connection);
            Sha256 sum = archive.checkEnd(entry);
            directory.flush();
            connection.commit();
            progress.accept("%d bundles, every checksum right".formatted(bundles));
            return new Result(header, newest(), bundles, sum);
        } catch (JacksonException e) {
            throw new ArchiveException("the archive is damaged: " + ArchiveHeader.SEQUENCES, e);
        }
    }

    private static void checkTables(ArchiveHeader header, Schema schema) throws SQLException {
        var expected = new TreeMap<String, Object>();
        schema.tables().forEach(table -> expected.put(table.name(), new TreeSet<>(table.columns())));
        var found = new TreeMap<String, Object>();
        header.tables().forEach(table -> found.put(table.name(), new TreeSet<>(table.columns())));
        if (!expected.equals(found)) {
            throw new ArchiveException("the archive's tables are not those of schema %s: it has %s, not %s"
                    .formatted(header.schema(), found, expected));
        }
    }

    private static void makePartitions(ArchiveHeader header, Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            for (ArchiveHeader.Partition partition : header.partitions()) {
                statement.execute(
                        "CREATE TABLE IF NOT EXISTS \"%s\" PARTITION OF \"%s\" FOR VALUES FROM ('%s') TO ('%s')"
                                .formatted(partition.name(), partition.parent(), partition.from(), partition.to()));
            }
        }
    }

    private static void turn(String how, List<Schema.Trigger> triggers, Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            for (Schema.Trigger trigger : triggers) {
                statement.execute(
                        "ALTER TABLE \"%s\" %s TRIGGER \"%s\"".formatted(trigger.table(), how, trigger.name()));
            }
        }
    }

    /** What migrations put into tables is in the archive as it was last. */
    private static void removeSeed(ArchiveHeader header, Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            for (int i = header.tables().size() - 1; i >= 0; i--) {
                String table = header.tables().get(i).name();
                boolean seeded;
                try (var row = statement.executeQuery("SELECT EXISTS (SELECT 1 FROM \"%s\")".formatted(table))) {
                    seeded = row.next() && row.getBoolean(1);
                }
                if (seeded) {
                    statement.execute("DELETE FROM \"%s\"".formatted(table));
                }
            }
        }
    }

    private static void set(Map<String, Long> last, Schema schema, Connection connection) throws SQLException {
        try (var setval = connection.prepareStatement("SELECT setval(?::regclass, ?)")) {
            for (var sequence : last.entrySet()) {
                ArchiveHeader.checkIdentifier(sequence.getKey());
                setval.setString(1, "\"" + sequence.getKey() + "\"");
                setval.setLong(2, sequence.getValue());
                setval.executeQuery().close();
            }
        }
        if (!schema.sequences().keySet().containsAll(last.keySet())) {
            throw new ArchiveException("the archive has sequences that its schema has not: " + last.keySet());
        }
    }

    private void analyze() throws SQLException {
        try (Connection connection = database.connect();
                var statement = connection.createStatement()) {
            statement.execute("ANALYZE");
        }
    }

    /** Takes the entries of the tables, in the order in which the header has these. */
    private final class Rows {
        static final String PREFIX = "tables/";

        private final Connection connection;
        private final ArchiveHeader header;
        private int table = -1;
        private @Nullable CopyIn copy;

        Rows(Connection connection, ArchiveHeader header) {
            this.connection = connection;
            this.header = header;
        }

        ArchiveReader.Sink sink(String entry) throws SQLException {
            String name = entry.substring(PREFIX.length(), Math.max(PREFIX.length(), entry.lastIndexOf('/')));
            CopyIn into = copy;
            if (into == null || !header.tables().get(table).name().equals(name)) {
                end();
                into = begin(name);
                copy = into;
            }
            CopyIn open = into;
            return content -> {
                byte[] buffer = new byte[BUFFER];
                try {
                    for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
                        open.writeToCopy(buffer, 0, read);
                    }
                } catch (SQLException e) {
                    throw refused(name, e);
                }
            };
        }

        private CopyIn begin(String name) throws SQLException {
            do {
                table++;
            } while (table < header.tables().size()
                    && !header.tables().get(table).name().equals(name));
            if (table == header.tables().size()) {
                throw new ArchiveException("the archive has an entry that belongs nowhere: " + PREFIX + name);
            }
            String columns = header.tables().get(table).columns().stream()
                    .map("\"%s\""::formatted)
                    .collect(Collectors.joining(", "));
            return connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("COPY \"%s\" (%s) FROM STDIN".formatted(name, columns));
        }

        void end() throws SQLException {
            CopyIn open = copy;
            if (open != null) {
                String name = header.tables().get(table).name();
                copy = null;
                try {
                    progress.accept("%s: %d rows".formatted(name, open.endCopy()));
                } catch (SQLException e) {
                    throw refused(name, e);
                }
            }
        }

        private static ArchiveException refused(String name, SQLException e) {
            return new ArchiveException(
                    "the archive is damaged: PostgreSQL refuses the rows of %s (%s)".formatted(name, e.getMessage()),
                    e);
        }
    }
}
