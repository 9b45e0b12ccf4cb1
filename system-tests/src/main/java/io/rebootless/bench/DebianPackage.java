package io.rebootless.bench;

import io.rebootless.guest.DebianKernel;
import io.rebootless.guest.HostCommand;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A package of some Debian release, unpacked but not installed.
 *
 * @param id name and version
 * @param folder the files, as the package would install them
 */
record DebianPackage(String id, Path folder) {
    private static final Duration DOWNLOAD = Duration.ofMinutes(20);

    /** Fetches the newest version and unpacks it into {@code folder}. */
    static DebianPackage get(String suite, String name, Path folder) {
        byte[] version = HostCommand.output(DOWNLOAD, DebianKernel.command("package", suite, name, folder.toString()));
        return new DebianPackage(name + " " + new String(version, StandardCharsets.UTF_8).strip(), folder);
    }

    Path file(String path) {
        return folder.resolve(path);
    }
}
