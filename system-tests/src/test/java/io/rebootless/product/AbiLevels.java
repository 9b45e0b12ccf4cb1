package io.rebootless.product;

import io.rebootless.guest.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;

/** The table "What level and patch say" of kernel-module/ABI. */
final class AbiLevels {
    private static final String TITLE = "What level and patch say";
    private static final String HEADINGS = "situation\\s+level\\s+patch\\s+enabled\\s+transition";

    private AbiLevels() {}

    /**
     * One line of it, as it is written there.
     *
     * @param patch {@code <n>} for the module of level n, or {@code -}
     */
    record Row(String situation, String level, String patch, String enabled, String transition) {}

    static List<Row> rows() {
        try (var lines = Files.lines(Repository.root().resolve("kernel-module/ABI"))) {
            return lines.dropWhile(line -> !line.equals(TITLE))
                    .dropWhile(line -> !line.matches(HEADINGS))
                    .skip(1)
                    .takeWhile(line -> !line.isBlank())
                    .map(AbiLevels::row)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Row row(String line) {
        String[] cells = line.split("\t+");
        return new Row(cells[0], cells[1], cells[2], cells[3], cells[4]);
    }
}
