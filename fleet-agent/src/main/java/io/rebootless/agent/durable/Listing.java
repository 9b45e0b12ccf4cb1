package io.rebootless.agent.durable;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What is in a directory. Java's own ways throw what goes wrong in the middle of it unchecked, where nobody expects it: a
 * disk with a bad block, a process that has ended.
 */
public final class Listing {
    private Listing() {}

    /** All that is there, in the order of the names. */
    public static List<Path> of(Path directory) throws IOException {
        return of(directory, "*");
    }

    /** What bears a name like {@code glob}. */
    public static List<Path> of(Path directory, String glob) throws IOException {
        try (var opened = Files.newDirectoryStream(directory, glob)) {
            return entries(opened);
        }
    }

    static List<Path> entries(Iterable<Path> directory) throws IOException {
        var entries = new ArrayList<Path>();
        try {
            directory.forEach(entries::add);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        Collections.sort(entries);
        return entries;
    }
}
