package io.rebootless.guest;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the sources are: tests run from a module's folder, IDEs from anywhere below the root. An installed command line
 * brings along the part of them that it needs, in a folder that the property {@value #PROPERTY} names.
 */
public final class Repository {
    private static final String PROPERTY = "rebootless.kit";

    private Repository() {}

    /** The folder that holds {@code scripts/} and {@code kernel-module/}. */
    public static Path root() {
        String kit = System.getProperty(PROPERTY);
        Path start = Path.of(kit == null ? "" : kit).toAbsolutePath();
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            if (Files.isExecutable(folder.resolve("scripts/debian-kernel"))) {
                return folder;
            }
        }
        throw new IllegalStateException("Not inside the repository: " + start);
    }
}
