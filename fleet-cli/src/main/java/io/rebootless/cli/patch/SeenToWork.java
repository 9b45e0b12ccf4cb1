package io.rebootless.cli.patch;

import io.rebootless.bundle.Sha256;
import io.rebootless.cli.OutputFile;
import io.rebootless.guest.Repository;
import io.rebootless.wire.WireJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;

/**
 * The record that a bundle has been seen to work on its kernel build.
 *
 * @param bundle its identity
 * @param by SHA-256 of all that it was tried with
 * @param kernel the release
 * @param at when the trial had ended
 */
record SeenToWork(String bundle, String by, String kernel, Instant at) {
    /** Whether a file says so. */
    static boolean of(Path file, Sha256 bundle, Sha256 by) throws IOException {
        if (!Files.exists(file)) {
            return false;
        }
        try {
            var record = WireJson.strict().readValue(Files.readAllBytes(file), SeenToWork.class);
            return bundle.toString().equals(record.bundle()) && by.toString().equals(record.by());
        } catch (JacksonException e) {
            return false; // then it is seen again
        }
    }

    /**
     * What a patch's bundles are tried with: its programs, the kernel's modules, and our kernel module. Of other programs or
     * another module nobody has seen what they find.
     */
    static Sha256 by(PatchDirectory patch) throws IOException {
        var files = new ArrayList<Path>(patch.reproducers());
        files.addAll(patch.checks());
        try (Stream<Path> module = Files.list(Repository.root().resolve("kernel-module"))) {
            files.addAll(module.filter(Files::isRegularFile).sorted().toList());
        }
        var all = new ByteArrayOutputStream();
        all.write(patch.definition().modules().toString().getBytes(StandardCharsets.UTF_8));
        for (Path file : files) {
            byte[] content = Files.readAllBytes(file);
            all.write("\0%s\0%d\0".formatted(file.getFileName(), content.length).getBytes(StandardCharsets.UTF_8));
            all.write(content);
        }
        return Sha256.of(all.toByteArray());
    }

    void write(Path file) throws IOException {
        String json = WireJson.indented().writeValueAsString(this) + "\n";
        OutputFile.create(file, true, out -> out.write(json.getBytes(StandardCharsets.UTF_8)));
    }
}
