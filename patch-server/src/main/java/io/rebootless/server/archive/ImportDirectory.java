package io.rebootless.server.archive;

import io.rebootless.server.storage.CommandDatabase;
import io.rebootless.server.storage.DataDirectory;
import io.rebootless.server.storage.PrivateFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The data directory that an import fills. While it does so a file there says so, which keeps servers away, so that what
 * a killed import leaves is never taken for a server's.
 */
final class ImportDirectory {
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rw-------");
    private static final String EVERYTHING = "rwxrwxrwx";

    private final DataDirectory data;
    private final DataFiles files;
    private final Set<Path> touched = new TreeSet<>();

    private ImportDirectory(DataDirectory data) {
        this.data = data;
        this.files = new DataFiles(data.root());
    }

    /**
     * Takes a directory that is empty, or emptied of what an earlier import has left.
     *
     * @throws ArchiveException if it holds anything else
     */
    static ImportDirectory take(DataDirectory data) throws IOException, InterruptedException {
        var directory = new ImportDirectory(data);
        if (Files.exists(data.unfinishedImport())) {
            directory.empty();
        } else {
            List<Path> present = directory.files();
            if (!present.isEmpty() || CommandDatabase.embeddedExists(data.root())) {
                throw new ArchiveException("the data directory %s is not empty: it holds %s. Import into another one"
                        .formatted(data.root(), present.isEmpty() ? "a database" : present.get(0)));
            }
        }
        PrivateFile.writeSecret(data.unfinishedImport(), new byte[0]);
        return directory;
    }

    /**
     * Writes an entry of the archive as a file.
     *
     * @return whether it was a bundle
     * @throws ArchiveException if it belongs nowhere, or is a bundle that is not what its name says
     */
    boolean take(ArchiveReader archive, ArchiveReader.Next entry) throws IOException {
        Path file = files.target(entry.name());
        Path parent = file.resolveSibling(".").normalize();
        PrivateFile.directory(parent);
        var sum = archive.read(entry, content -> write(content, file));
        Files.setPosixFilePermissions(file, permissions(entry.mode()));
        for (Path made = parent;
                made.startsWith(data.root());
                made = made.resolve("..").normalize()) {
            touched.add(made);
        }
        String digest = DataFiles.bundleDigest(entry.name());
        if (digest != null && !digest.equals(sum.hex())) {
            throw new ArchiveException("the archive is damaged: %s is not what was exported".formatted(entry.name()));
        }
        return digest != null;
    }

    private static void write(InputStream content, Path file) throws IOException {
        try (var channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PRIVATE))) {
            content.transferTo(Channels.newOutputStream(channel));
            channel.force(true);
        }
    }

    /** The mode's bits, of which the owner's to read and write are given in any case. */
    private static Set<PosixFilePermission> permissions(int mode) {
        var words = new StringBuilder(EVERYTHING);
        for (int bit = 0; bit < EVERYTHING.length(); bit++) {
            if ((mode & 0400 >> bit) == 0) {
                words.setCharAt(bit, '-');
            }
        }
        Set<PosixFilePermission> permissions = PosixFilePermissions.fromString(words.toString());
        permissions.addAll(PRIVATE);
        return permissions;
    }

    /** Makes what was written survive a power cut. */
    void flush() throws IOException {
        for (Path directory : touched) {
            PrivateFile.syncDirectory(directory);
        }
    }

    /** From here on the directory is a server's. */
    void finish() throws IOException {
        Files.delete(data.unfinishedImport());
        PrivateFile.syncDirectory(data.root());
    }

    /** As if there had been no import. */
    void undo() throws IOException, InterruptedException {
        empty();
        finish();
    }

    private void empty() throws IOException, InterruptedException {
        CommandDatabase.removeEmbedded(data);
        Files.deleteIfExists(ImportNotice.file(data));
        for (Path file : files()) {
            Files.delete(file);
        }
    }

    private List<Path> files() throws IOException {
        List<Path> present = files.present();
        try (var bundles = Files.newDirectoryStream(data.bundles(), "*.rlb")) {
            bundles.forEach(present::add);
        }
        return present;
    }
}
