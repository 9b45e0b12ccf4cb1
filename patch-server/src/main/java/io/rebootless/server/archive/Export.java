package io.rebootless.server.archive;

import io.rebootless.bundle.Sha256;
import io.rebootless.wire.WireJson;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes an archive of a database and a data directory, which a server may be using: the tables as they are at one
 * moment, and then the bundles that they name.
 */
final class Export {
    /** How much of a table is in one entry: what is held in memory, as a tar must know sizes ahead. */
    private static final int PART = 4 << 20;

    private final JsonMapper json = WireJson.mapper();
    private final Connection connection;
    private final DataFiles files;
    private final Consumer<String> progress;

    /**
     * Nothing is written yet.
     *
     * @param connection taken into a transaction of its own, and left in it
     */
    Export(Connection connection, DataFiles files, Consumer<String> progress) {
        this.connection = connection;
        this.files = files;
        this.progress = progress;
    }

    /**
     * What an archive has become.
     *
     * @param missing published bundles whose file is absent or damaged, and so not in it
     */
    record Result(ArchiveHeader header, long rows, int bundles, List<String> missing) {}

    Result to(OutputStream out, Instant now) throws IOException, SQLException {
        // Before the tables: the audit log's head in its file must not be ahead of the log.
        List<DataFiles.Entry> entries = files.all();
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        connection.setReadOnly(true);
        Session.prepare(connection);
        var schema = new Schema(connection);
        var header =
                new ArchiveHeader(ArchiveHeader.FORMAT, now, schema.version(), schema.tables(), schema.partitions());
        var archive = new ArchiveWriter(out, now);
        archive.add(ArchiveHeader.NAME, json.writeValueAsBytes(header));
        long rows = 0;
        for (ArchiveHeader.Table table : header.tables()) {
            rows += copy(table, archive);
        }
        for (DataFiles.Entry file : entries) {
            archive.add(file.name(), file.content(), file.size(), file.mode());
        }
        List<String> bundles = schema.bundles();
        List<String> missing = copy(bundles, archive);
        // Sequences know no snapshot: what they say now is past whatever the tables hold.
        archive.add(ArchiveHeader.SEQUENCES, json.writeValueAsBytes(schema.sequences()));
        archive.finish();
        return new Result(header, rows, bundles.size() - missing.size(), missing);
    }

    private long copy(ArchiveHeader.Table table, ArchiveWriter archive) throws IOException, SQLException {
        String columns = table.columns().stream().map("\"%s\""::formatted).collect(Collectors.joining(", "));
        CopyOut copy = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("COPY (SELECT %s FROM \"%s\") TO STDOUT".formatted(columns, table.name()));
        var part = new Part(table.name(), archive);
        for (byte[] row = copy.readFromCopy(); row != null; row = copy.readFromCopy()) {
            part.add(row);
        }
        part.flush();
        progress.accept("%s: %d rows".formatted(table.name(), copy.getHandledRowCount()));
        return copy.getHandledRowCount();
    }

    /** Gathers rows until there are enough for an entry. */
    private static final class Part {
        private final String table;
        private final ArchiveWriter archive;
        private byte[] bytes = new byte[PART];
        private int length;
        private int number;

        Part(String table, ArchiveWriter archive) {
            this.table = table;
            this.archive = archive;
        }

        void add(byte[] row) throws IOException {
            if (length + row.length > bytes.length) {
                flush();
            }
            if (row.length > bytes.length) {
                bytes = new byte[row.length];
            }
            System.arraycopy(row, 0, bytes, length, row.length);
            length += row.length;
        }

        void flush() throws IOException {
            if (length > 0) {
                number++;
                archive.add("tables/%s/%08d".formatted(table, number), bytes, length);
                length = 0;
            }
        }
    }

    private List<String> copy(List<String> digests, ArchiveWriter archive) throws IOException {
        var missing = new ArrayList<String>();
        int done = 0;
        for (String digest : digests) {
            Path file = files.bundle(digest);
            if (!Files.isRegularFile(file) || !digest(file).equals(digest)) {
                missing.add(digest);
                progress.accept("bundle %s: %s".formatted(digest, Files.exists(file) ? "DAMAGED" : "MISSING"));
                continue;
            }
            try (var content = Files.newInputStream(file)) {
                archive.add(DataFiles.bundleEntry(digest), content, Files.size(file), ArchiveWriter.SECRET);
            }
            if (++done % 100 == 0) {
                progress.accept("bundles: %d of %d".formatted(done, digests.size()));
            }
        }
        progress.accept("bundles: %d of %d".formatted(done, digests.size()));
        return missing;
    }

    private static String digest(Path file) throws IOException {
        var digest = Sha256.start();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return Sha256.from(digest).hex();
    }
}
