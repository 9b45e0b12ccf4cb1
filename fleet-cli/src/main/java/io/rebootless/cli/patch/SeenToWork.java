package io.rebootless.cli.patch;

import io.rebootless.bundle.Sha256;
import io.rebootless.cli.OutputFile;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import tools.jackson.core.JacksonException;

/**
 * The record that a bundle has been seen to work on its kernel build.
 *
 * @param bundle its identity
 * @param kernel the release
 * @param at when the trial had ended
 */
record SeenToWork(String bundle, String kernel, Instant at) {
    /** Whether a file says so of a bundle. */
    static boolean of(Path file, Sha256 identity) throws IOException {
        if (!Files.exists(file)) {
            return false;
        }
        try {
            return WireJson.mapper()
                    .readValue(Files.readAllBytes(file), SeenToWork.class)
                    .bundle()
                    .equals(identity.toString());
        } catch (JacksonException e) {
            return false; // then it is seen again
        }
    }

    void write(Path file) throws IOException {
        String json = WireJson.indented().writeValueAsString(this) + "\n";
        OutputFile.create(file, true, out -> out.write(json.getBytes(StandardCharsets.UTF_8)));
    }
}
