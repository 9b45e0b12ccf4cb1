package io.rebootless.server.archive;

import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The first entry of an archive: what is in it, and in which schema.
 *
 * @param format {@link #FORMAT}
 * @param createdAt when the export began
 * @param schema the last migration that the database had seen
 * @param tables in an order in which none refers to a later one
 * @param partitions of these tables, but for the default ones
 */
record ArchiveHeader(int format, Instant createdAt, String schema, List<Table> tables, List<Partition> partitions) {
    static final int FORMAT = 1;

    /** The names of the entries that are not contents. */
    static final String NAME = "archive.json";

    static final String SEQUENCES = "sequences.json";
    static final String SUMS = "SHA256SUMS";

    private static final Pattern IDENTIFIER = Pattern.compile("[a-z_][a-z0-9_]{0,62}");
    private static final Pattern BOUND = Pattern.compile("[0-9: +.-]{1,40}");
    private static final Pattern VERSION = Pattern.compile("[0-9]+(\\.[0-9]+)*");

    ArchiveHeader {
        check("schema", VERSION, schema);
        tables = List.copyOf(tables);
        partitions = List.copyOf(partitions);
    }

    /** A table's columns, in the order in which its rows have them. */
    record Table(String name, List<String> columns) {
        Table {
            check("table", IDENTIFIER, name);
            columns = List.copyOf(columns);
            columns.forEach(column -> check("column", IDENTIFIER, column));
        }
    }

    /** A part of a table, by the range of its key. */
    record Partition(String name, String parent, String from, String to) {
        Partition {
            check("partition", IDENTIFIER, name);
            check("table", IDENTIFIER, parent);
            check("bound", BOUND, from);
            check("bound", BOUND, to);
        }
    }

    /** They end up in SQL. */
    static void checkIdentifier(String name) {
        check("name", IDENTIFIER, name);
    }

    private static void check(String what, Pattern form, String value) {
        if (!form.matcher(value).matches()) {
            throw new IllegalArgumentException("no %s: \"%s\"".formatted(what, value));
        }
    }
}
