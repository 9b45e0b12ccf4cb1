package io.rebootless.server.blobs;

import io.rebootless.server.readiness.ReadinessCheck;
import io.rebootless.server.storage.DataDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Ready while bundles can be stored. */
@Component
final class FileBlobStoreReadiness implements ReadinessCheck {
    /** More than a file system keeps inside an inode: a full disk is noticed. */
    private static final byte[] CONTENT = new byte[8192];

    private final Path file;

    FileBlobStoreReadiness(DataDirectory data) {
        // Written over and over, never removed: servers that share the directory do not get in each other's way.
        this.file = data.bundles().resolve(".writable");
    }

    @Override
    public String part() {
        return "bundles";
    }

    @Override
    public Optional<String> fault() {
        try {
            Files.write(file, CONTENT);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("the bundles' directory cannot be written");
        }
    }
}
