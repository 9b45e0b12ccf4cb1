package io.rebootless.server.blobs;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.storage.PrivateFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Blobs as files of one directory. What is still arriving lies in {@code incoming}, locked by the server that takes it,
 * for servers may share the directory; a blob that was set aside lies in {@code set-aside}.
 */
final class FileBlobStore implements BlobStore {
    private static final String SUFFIX = ".rlb";
    private static final int DIGEST_CHARS = 64;

    private final Path directory;
    private final Path incoming;
    private final Path aside;
    private final Set<Path> arriving = ConcurrentHashMap.newKeySet();

    FileBlobStore(Path directory) throws IOException {
        this.directory = directory;
        this.incoming = directory.resolve("incoming");
        this.aside = directory.resolve("set-aside");
        PrivateFile.directory(incoming);
        PrivateFile.directory(aside);
        dropAbandoned();
    }

    @Override
    public Arrival receive() throws IOException {
        Path file = incoming.resolve(UUID.randomUUID() + ".part");
        arriving.add(file);
        try {
            return new ArrivingFile(file, this);
        } catch (IOException e) {
            arriving.remove(file);
            throw e;
        }
    }

    @Override
    public Optional<Blob> open(Sha256 digest) throws IOException {
        try {
            return Optional.of(new FileBlob(FileChannel.open(file(digest), StandardOpenOption.READ)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public List<Stored> list() throws IOException {
        var stored = new ArrayList<Stored>();
        try (var files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path file : files) {
                stored(file).ifPresent(stored::add);
            }
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
        return stored;
    }

    @Override
    public boolean delete(Sha256 digest) throws IOException {
        boolean deleted = Files.deleteIfExists(file(digest));
        if (deleted) {
            PrivateFile.syncDirectory(directory);
        }
        return deleted;
    }

    @Override
    public boolean setAside(Sha256 digest) throws IOException {
        try {
            // A name of its own each time: one blob can rot twice.
            Files.move(file(digest), aside.resolve(digest + "." + UUID.randomUUID()), StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            return false;
        }
        PrivateFile.syncDirectory(directory);
        PrivateFile.syncDirectory(aside);
        return true;
    }

    /**
     * A lock goes with its process, however that ends: what nobody has locked is nobody's. This server's own are not even
     * opened: closing a file gives up all locks that the process has on it.
     */
    @Override
    public void dropAbandoned() throws IOException {
        try (var left = Files.newDirectoryStream(incoming)) {
            for (Path file : left) {
                if (!arriving.contains(file) && abandoned(file)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private static boolean abandoned(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE);
                var lock = channel.tryLock()) {
            return lock != null;
        } catch (OverlappingFileLockException | NoSuchFileException e) {
            return false;
        }
    }

    /** Flushed first, so that the rename never shows less than the whole. */
    boolean keep(Path arrived, FileChannel content, Sha256 digest) throws IOException {
        content.force(true);
        boolean added = Files.notExists(file(digest));
        Files.move(arrived, file(digest), StandardCopyOption.ATOMIC_MOVE);
        PrivateFile.syncDirectory(directory);
        return added;
    }

    void arrived(Path file) {
        arriving.remove(file);
    }

    private Path file(Sha256 digest) {
        return directory.resolve(digest.hex() + SUFFIX);
    }

    /** Empty for what is no blob's name, and for what was removed meanwhile. */
    private static Optional<Stored> stored(Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        try {
            var digest = new Sha256(name.substring(0, Math.min(name.length(), DIGEST_CHARS)));
            if (!name.equals(digest.hex() + SUFFIX)) {
                return Optional.empty();
            }
            var attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return Optional.of(new Stored(
                    digest, attributes.size(), attributes.lastModifiedTime().toInstant()));
        } catch (IllegalArgumentException | NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
