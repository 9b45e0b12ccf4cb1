package io.rebootless.server.install;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.settings.Settings;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/**
 * The packages in the install directory, by name. Only regular files whose names are a package's are there for anybody:
 * no subdirectory, no link, nothing that somebody has left beside them.
 */
@Component
final class InstallFiles {
    private static final Pattern NAME = Pattern.compile("rebootless-[A-Za-z0-9._+~-]{1,180}\\.(?:deb|tar\\.xz)");

    private final Path directory;
    private final Map<Path, Known> known = new ConcurrentHashMap<>();

    InstallFiles(Settings settings) {
        this.directory = settings.installDirectory();
    }

    /** A digest, and what the file was like when it was taken. */
    private record Known(long size, FileTime modified, Optional<Object> key, Sha256 digest) {
        boolean isOf(BasicFileAttributes file) {
            return file.size() == size
                    && file.lastModifiedTime().equals(modified)
                    && keyOf(file).equals(key);
        }
    }

    /** The file of that name, if there is one to be handed out. */
    Optional<Path> find(String name) {
        return Optional.of(name)
                .filter(NAME.asMatchPredicate())
                .map(directory::resolve)
                .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.isReadable(file));
    }

    /** Of a file's bytes; read anew only if the file is another one, and then once, however many ask for it. */
    Sha256 digest(Path file) throws IOException {
        var now = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        try {
            return known.compute(
                            file, (path, earlier) -> earlier != null && earlier.isOf(now) ? earlier : read(path, now))
                    .digest();
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** What there is, in the order of the names; empty without the directory. */
    Map<String, Sha256> all() throws IOException {
        var files = new TreeMap<String, Sha256>();
        try (var names = Files.list(directory)) {
            for (Path path : names.toList()) {
                String name = String.valueOf(path.getFileName());
                Optional<Path> file = find(name);
                if (file.isPresent()) {
                    files.put(name, digest(file.get()));
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Map.of();
        }
        known.keySet().removeIf(path -> !files.containsKey(String.valueOf(path.getFileName())));
        return files;
    }

    private static Optional<Object> keyOf(BasicFileAttributes file) {
        return Optional.ofNullable(file.fileKey());
    }

    private static Known read(Path file, BasicFileAttributes now) {
        var digest = Sha256.start();
        try (var in = new DigestInputStream(Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Known(now.size(), now.lastModifiedTime(), keyOf(now), Sha256.from(digest));
    }
}
