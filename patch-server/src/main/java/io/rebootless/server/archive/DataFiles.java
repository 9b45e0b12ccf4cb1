package io.rebootless.server.archive;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which files of a data directory go into an archive, and where an archive's files go: whatever lies there, keys
 * included, but for the database, what is only under way, and bundles, which the database names.
 * Packages for hosts are not the server's own: whoever has laid them out has them.
 */
final class DataFiles {
    private static final Set<String> NOT_OURS =
            Set.of("postgres", "bundles", "install.d", "lock", "import.unfinished", ImportNotice.FILE);
    private static final String PREFIX = "files/";
    private static final Pattern BUNDLE = Pattern.compile("bundles/([0-9a-f]{64})\\.rlb");
    private static final Pattern PRINTABLE = Pattern.compile("[^\\p{Cntrl}\\\\]+");

    /** Keys, certificates, settings: nothing that is large belongs here. */
    static final long MAX_FILE = 16 << 20;

    private final Path root;

    DataFiles(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    /** A file, read whole: it may be replaced at any time, never changed. */
    static final class Entry {
        private final String name;
        private final byte[] content;
        private final int mode;

        private Entry(String name, byte[] content, int mode) {
            this.name = name;
            this.content = content;
            this.mode = mode;
        }

        String name() {
            return name;
        }

        int mode() {
            return mode;
        }

        int size() {
            return content.length;
        }

        InputStream content() {
            return new ByteArrayInputStream(content);
        }
    }

    Path bundle(String digest) {
        return root.resolve("bundles").resolve(digest + ".rlb");
    }

    static String bundleEntry(String digest) {
        return "bundles/%s.rlb".formatted(digest);
    }

    /** The digest that an entry's name promises, if it is a bundle's. */
    static @Nullable String bundleDigest(String entry) {
        Matcher bundle = BUNDLE.matcher(entry);
        return bundle.matches() ? bundle.group(1) : null;
    }

    List<Entry> all() throws IOException {
        var entries = new ArrayList<Entry>();
        for (Path file : present()) {
            String name = root.relativize(file).toString();
            if (!PRINTABLE.matcher(name).matches()) {
                throw new ArchiveException("the file %s has a name that no archive can have".formatted(file));
            }
            if (Files.size(file) > MAX_FILE) {
                throw new ArchiveException("the file %s is larger than %d bytes: move it out of the data directory"
                        .formatted(file, MAX_FILE));
            }
            entries.add(new Entry(PREFIX + name, Files.readAllBytes(file), mode(file)));
        }
        return entries;
    }

    /** What is in the way of an import: any file of a server's. */
    List<Path> present() throws IOException {
        var files = new ArrayList<Path>();
        try (Stream<Path> top = Files.list(root)) {
            for (Path path : top.sorted().toList()) {
                if (!NOT_OURS.contains(path.getFileName().toString())) {
                    try (Stream<Path> below = Files.walk(path, FileVisitOption.FOLLOW_LINKS)) {
                        below.filter(Files::isRegularFile)
                                .filter(DataFiles::isWhole)
                                .sorted()
                                .forEach(files::add);
                    }
                }
            }
        }
        return files;
    }

    /** Files are written under a name like this and then renamed. */
    private static boolean isWhole(Path file) {
        String name = file.getFileName().toString();
        return !(name.startsWith(".") && name.endsWith(".new"));
    }

    /**
     * Where an archive's entry goes.
     *
     * @throws ArchiveException if that is outside the data directory, or in a part of it that no archive has
     */
    Path target(String entry) {
        String digest = bundleDigest(entry);
        if (digest != null) {
            return bundle(digest);
        }
        Path path = root.resolve(entry.startsWith(PREFIX) ? entry.substring(PREFIX.length()) : "..")
                .normalize();
        if (!path.startsWith(root)
                || path.equals(root)
                || NOT_OURS.contains(path.getName(root.getNameCount()).toString())) {
            throw new ArchiveException("the archive has an entry that belongs nowhere: " + entry);
        }
        return path;
    }

    /** Permissions as chmod has them, in the lowest nine bits. */
    private static int mode(Path file) throws IOException {
        return (int) Files.getAttribute(file, "unix:mode") & 0777;
    }
}
