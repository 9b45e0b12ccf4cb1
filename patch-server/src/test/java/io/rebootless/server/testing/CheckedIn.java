package io.rebootless.server.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file of the repository that is generated from the code, and must be what the code says. {@code make api-docs} rewrites it. */
public final class CheckedIn {
    private static final boolean REWRITE = Boolean.getBoolean("rebootless.rewrite");

    private CheckedIn() {}

    public static void compare(String name, String generated) throws IOException {
        Path file = Path.of("..", "docs", name);
        if (REWRITE) {
            Files.writeString(file, generated);
        }
        assertThat(Files.exists(file) ? Files.readString(file) : "")
                .as("docs/%s is not what the code says; make api-docs rewrites it", name)
                .isEqualTo(generated);
    }
}
