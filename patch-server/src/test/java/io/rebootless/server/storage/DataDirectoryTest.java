package io.rebootless.server.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.server.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** What is in a data directory before anybody has put anything there. */
class DataDirectoryTest {
    @TempDir
    Path temporary;

    private Path data() {
        return temporary.resolve("data");
    }

    private DataDirectory taken() {
        var source = new MapConfigurationPropertySource(Map.of("rebootless.data", data()));
        return new DataDirectory(new Binder(source).bindOrCreate("rebootless", Settings.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "trust.d", "install.d", "bundles", "tls"})
    void its_folders_are_there_for_the_owner_alone(String name) throws IOException {
        try (var directory = taken()) {
            assertThat(PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(directory.root().resolve(name))))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void a_folder_that_is_elsewhere_stays_there() throws IOException {
        Path elsewhere = Files.createDirectory(temporary.resolve("packages"));
        Files.writeString(elsewhere.resolve("rebootless-agent.deb"), "a package");
        Files.createDirectory(data());
        Files.createSymbolicLink(data().resolve("install.d"), elsewhere);
        try (var directory = taken()) {
            assertThat(directory.root().resolve("install.d").resolve("rebootless-agent.deb"))
                    .hasContent("a package");
        }
    }
}
