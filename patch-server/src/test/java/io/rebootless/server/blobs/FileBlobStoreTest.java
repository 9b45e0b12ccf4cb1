package io.rebootless.server.blobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.bundle.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileBlobStoreTest extends BlobStoreContract {
    @TempDir
    Path directory;

    @Override
    BlobStore empty() throws IOException {
        return new FileBlobStore(directory);
    }

    @Test
    void a_blob_is_a_file_under_its_digest_and_what_was_set_aside_is_kept_for_the_operator() throws IOException {
        byte[] content = bytes(7);
        keep(store, content);
        assertThat(Files.readAllBytes(directory.resolve(Sha256.of(content) + ".rlb")))
                .isEqualTo(content);
        store.setAside(Sha256.of(content));
        try (var aside = Files.list(directory.resolve("set-aside"))) {
            assertThat(aside)
                    .singleElement()
                    .satisfies(file -> assertThat(Files.readAllBytes(file)).isEqualTo(content));
        }
    }

    @Test
    void other_files_in_the_directory_are_no_blobs() throws IOException {
        Files.writeString(directory.resolve("notes.rlb"), "x");
        Files.writeString(directory.resolve(Sha256.of(bytes(7)) + "x.rlb"), "x");
        assertThat(store.list()).isEmpty();
    }

    @Test
    void what_a_killed_server_left_is_dropped_but_not_what_another_server_is_taking() throws Exception {
        Path left = Files.write(directory.resolve("incoming/left.part"), bytes(7));
        Path taken = Files.write(directory.resolve("incoming/taken.part"), bytes(7));
        // Another process holds the lock, as another server on the same directory would.
        var other = new ProcessBuilder(
                        "python3",
                        "-c",
                        "import fcntl,sys\nf=open(sys.argv[1],'r+')\nfcntl.lockf(f,fcntl.LOCK_EX)\nprint('locked',flush=True)\nsys.stdin.read()",
                        taken.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var said = other.inputReader()) {
            assertThat(said.readLine()).isEqualTo("locked");
            new FileBlobStore(directory);
            assertThat(left).doesNotExist();
            assertThat(taken).exists();
        } finally {
            other.destroy();
            assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        store.dropAbandoned();
        assertThat(taken).doesNotExist();
    }
}
