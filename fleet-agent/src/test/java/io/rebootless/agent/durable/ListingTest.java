package io.rebootless.agent.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListingTest {
    @TempDir
    private Path directory;

    @Test
    void namesComeInTheirOrder() throws IOException {
        for (String name : new String[] {"b.pem", ".hidden", "a.der"}) {
            Files.createFile(directory.resolve(name));
        }
        assertThat(Listing.of(directory))
                .extracting(Path::toFile)
                .extracting("name")
                .containsExactly(".hidden", "a.der", "b.pem");
        assertThat(Listing.of(directory, "*.pem")).containsExactly(directory.resolve("b.pem"));
        assertThatThrownBy(() -> Listing.of(directory.resolve("none"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void whatGoesWrongInTheMiddleIsAFailureOfTheFileSystemLikeAnyOther() {
        Iterable<Path> damaged = () -> {
            throw new DirectoryIteratorException(new IOException("Structure needs cleaning"));
        };
        assertThatThrownBy(() -> Listing.entries(damaged))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("Structure needs cleaning");
    }
}
