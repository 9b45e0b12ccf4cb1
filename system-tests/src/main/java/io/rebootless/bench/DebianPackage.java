package io.rebootless.bench;

import io.rebootless.guest.HostCommand;
import io.rebootless.guest.Repository;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A package of some Debian release, unpacked but not installed: {@code scripts/debian-package}. */
record DebianPackage(Path folder) {
    private static final Duration DOWNLOAD = Duration.ofMinutes(20);

    static DebianPackage get(String suite, String name) {
        String script =
                Repository.root().resolve("scripts").resolve("debian-package").toString();
        byte[] folder = HostCommand.output(DOWNLOAD, List.of(script, "get", suite, name));
        return new DebianPackage(Path.of(new String(folder, StandardCharsets.UTF_8).strip()));
    }

    /** Name and version. */
    String id() {
        return folder.getFileName().toString().replace('_', ' ');
    }

    Path file(String path) {
        return folder.resolve(path);
    }
}
