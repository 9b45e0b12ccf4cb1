package io.rebootless.agent.kernel;

import io.rebootless.agent.durable.DurableFile;
import io.rebootless.agent.durable.Listing;
import io.rebootless.agent.durable.OwnFolder;
import io.rebootless.bundle.BundleFormat;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;

/**
 * Where the agent keeps what is over with the boot: what it has loaded, which everybody may read, and in {@code spool},
 * which nobody else can enter, the bytes between being verified and being loaded. A folder in which anybody but root could
 * exchange something is not used.
 */
final class RuntimeFolder {
    private static final String LOADS = "loads.json";
    private static final String LOCK = "lock";
    private static final String SPOOL = "spool";
    private static final String STAGED = "bundle.rlb";

    private static final int MAX_LOADS_BYTES = 64 * 1024;
    private static final int CHUNK = 64 * 1024;

    private static final Set<StandardOpenOption> NEW = Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);

    private final Path path;
    private final int owner;

    /**
     * Names it; nothing is looked at yet.
     *
     * @param path usually {@code /run/rebootless}
     * @param owner the user id that it must belong to: root's, but for tests
     */
    RuntimeFolder(Path path, int owner) {
        this.path = path;
        this.owner = owner;
    }

    /** Held while a command is carried out. */
    interface Turn extends AutoCloseable {
        @Override
        void close() throws IOException;
    }

    /** Makes what is missing; empty if another process is at work. */
    Optional<Turn> turn() throws IOException {
        make(path, "rwxr-xr-x");
        check();
        make(spool(), "rwx------");
        if (!OwnFolder.closed(spool(), owner)) {
            throw unsafe(spool());
        }
        var lock = FileChannel.open(
                path.resolve(LOCK),
                Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE, LinkOption.NOFOLLOW_LINKS),
                PosixFilePermissions.asFileAttribute(DurableFile.SECRET));
        boolean held = false;
        try {
            held = lock.tryLock() != null;
        } catch (OverlappingFileLockException thisProcess) {
            // busy, too
        } finally {
            if (!held) {
                lock.close();
            }
        }
        return held ? Optional.of(lock::close) : Optional.empty();
    }

    /** What was loaded in this boot; needs no root. */
    Loads loads(String bootId) throws IOException {
        Path file = path.resolve(LOADS);
        byte[] bytes;
        try {
            check();
            try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
                bytes = in.readNBytes(MAX_LOADS_BYTES + 1);
            }
        } catch (NoSuchFileException none) {
            return Loads.none(bootId);
        }
        try {
            var loads = WireJson.mapper().readValue(bytes, Loads.class);
            return loads.bootId().equals(bootId) ? loads : Loads.none(bootId);
        } catch (JacksonException | IllegalArgumentException | NullPointerException e) {
            throw new IOException(
                    "%s is damaged, so what is in force cannot be told, and nothing is changed before the next boot"
                            .formatted(file),
                    e);
        }
    }

    /** To be called by whoever has the turn. */
    void write(Loads loads) throws IOException {
        DurableFile.replace(path.resolve(LOADS), WireJson.mapper().writeValueAsBytes(loads), DurableFile.PUBLIC);
    }

    /**
     * Spools a bundle's bytes in place of what is there.
     *
     * @return whether they are all there: false if they are more than any bundle has
     */
    boolean spool(InputStream bundle) throws IOException {
        clearSpool();
        boolean whole = false;
        try (var out = create(STAGED)) {
            byte[] chunk = new byte[CHUNK];
            long size = 0;
            for (int read; (read = bundle.read(chunk)) >= 0 && size <= BundleFormat.MAX_FILE_BYTES; size += read) {
                DurableFile.writeFully(out, Arrays.copyOf(chunk, read));
            }
            whole = size <= BundleFormat.MAX_FILE_BYTES;
        } finally {
            if (!whole) {
                clearSpool();
            }
        }
        return whole;
    }

    /** The bundle that was spooled, if there is one. */
    Optional<Path> staged() throws IOException {
        Path file = spool().resolve(STAGED);
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) > 0
                ? Optional.of(file)
                : Optional.empty();
    }

    /** A new file beside it. */
    FileChannel create(String name) throws IOException {
        return FileChannel.open(inSpool(name), NEW, PosixFilePermissions.asFileAttribute(DurableFile.SECRET));
    }

    Path inSpool(String name) {
        return spool().resolve(name);
    }

    void clearSpool() throws IOException {
        for (Path file : Listing.of(spool())) {
            Files.delete(file);
        }
    }

    private Path spool() {
        return path.resolve(SPOOL);
    }

    private static void make(Path folder, String permissions) throws IOException {
        try {
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
        } catch (FileAlreadyExistsException there) {
            // whatever it is, it is looked at next
        }
    }

    private void check() throws IOException {
        var changeable = OwnFolder.changeable(path, owner);
        if (changeable.isPresent()) {
            throw unsafe(changeable.get());
        }
    }

    private static IOException unsafe(Path folder) {
        return new IOException(
                "%s is not a folder of root's that nobody else can change, so nothing is loaded from it or believed"
                                .formatted(folder)
                        + "; remove it, or have it be one");
    }
}
