package io.rebootless.server.storage;

import io.rebootless.server.settings.BadSettingException;
import io.rebootless.server.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** Whatever the server must not lose, in one directory that one server at a time holds. */
@Component
public final class DataDirectory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);
    private static final String UNFINISHED = "import.unfinished";

    private final Path root;
    private final FileChannel lock;

    /**
     * Makes the directory if need be and takes it.
     *
     * @throws BadSettingException if it cannot be made or written, another server holds it, or an import into it has not
     *     come to its end
     */
    @Autowired
    DataDirectory(Settings settings) {
        this(settings.data());
        refuseUnfinished();
        // Making a database the first time takes a while, and whoever waits gets to read that it is under way.
        LOG.info("starting; data in {}", root);
    }

    private void refuseUnfinished() {
        if (Files.exists(unfinishedImport())) {
            close();
            throw new BadSettingException(
                    "rebootless.data: an import into %s has not come to its end".formatted(root),
                    "Run the import again; it begins by removing what the earlier one has left.");
        }
    }

    /** Takes the directory for a command that reads it, as a server would. */
    public static DataDirectory forExport(Settings settings) {
        var directory = new DataDirectory(settings.data());
        directory.refuseUnfinished();
        return directory;
    }

    /** Takes the directory for an import, whatever state an earlier one has left it in. */
    public static DataDirectory forImport(Settings settings) {
        return new DataDirectory(settings.data());
    }

    private DataDirectory(Path directory) {
        this.root = normal(directory);
        try {
            for (String part : new String[] {"", "bundles", "tls", "trust.d", "install.d", "postgres"}) {
                PrivateFile.directory(root.resolve(part));
            }
            this.lock = FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new BadSettingException(
                    "rebootless.data: the directory %s cannot be written (%s)".formatted(root, e.getMessage()),
                    "Set rebootless.data to a directory that the server's user may write.",
                    e);
        }
        if (!taken()) {
            close();
            throw new BadSettingException(
                    "rebootless.data: another server runs on %s".formatted(root),
                    "Stop that server, or give this one a directory of its own.");
        }
    }

    private static Path normal(Path directory) {
        return directory.toAbsolutePath().normalize();
    }

    /** The lock is the kernel's: it goes with the process, however that ends. */
    private boolean taken() {
        try {
            return lock.tryLock() != null;
        } catch (IOException | OverlappingFileLockException e) {
            return false;
        }
    }

    public Path root() {
        return root;
    }

    public Path bundles() {
        return root.resolve("bundles");
    }

    public Path tls() {
        return root.resolve("tls");
    }

    public Path adminKey() {
        return root.resolve("admin.key");
    }

    /** There when the key in it is to become the admin's at the next start. */
    public Path newAdminKey() {
        return root.resolve("admin.key.new");
    }

    /** There while an import is under way, and after one that was killed. */
    public Path unfinishedImport() {
        return root.resolve(UNFINISHED);
    }

    Path postgres() {
        return postgres(root);
    }

    static Path postgres(Path directory) {
        return normal(directory).resolve("postgres");
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
