package io.rebootless.guest;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the sources are: tests run from a module's folder, IDEs from anywhere below the root. */
public final class Repository {
    private Repository() {}

    /** The folder that holds {@code scripts/}. */
    public static Path root() {
        Path start = Path.of("").toAbsolutePath();
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            if (Files.isExecutable(folder.resolve("scripts/debian-kernel"))) {
                return folder;
            }
        }
        throw new IllegalStateException("Not inside the repository: " + start);
    }
}
