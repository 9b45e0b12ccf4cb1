package io.rebootless.server.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataFilesTest {
    private static final String DIGEST = "0123456789abcdef".repeat(4);

    @TempDir
    Path root;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "files/../outside",
                "files/tls/../../outside",
                "files//etc/passwd",
                "/etc/passwd",
                "files/",
                "files/.",
                "files/lock",
                "files/import.unfinished",
                "files/imported.json",
                "files/postgres/18/PG_VERSION",
                "files/bundles/x.rlb",
                "files/tls/../postgres/password",
                "bundles/../admin.key",
                "bundles/x.rlb",
                "admin.key"
            })
    void an_entry_goes_nowhere_but_where_an_export_takes_files_from(String entry) {
        assertThatThrownBy(() -> new DataFiles(root).target(entry)).isInstanceOf(ArchiveException.class);
    }

    @Test
    void files_and_bundles_have_their_places() {
        var files = new DataFiles(root);
        assertThat(files.target("files/tls/ca.key")).isEqualTo(root.resolve("tls/ca.key"));
        assertThat(files.target("bundles/%s.rlb".formatted(DIGEST)))
                .isEqualTo(root.resolve("bundles/%s.rlb".formatted(DIGEST)));
    }

    @Test
    void the_database_bundles_and_what_is_only_under_way_are_not_among_the_files() throws Exception {
        for (String name : new String[] {
            "admin.key", "tls/ca.key", "tls/.ca.key.new", "lock", "postgres/password", "bundles/x.rlb", "imported.json"
        }) {
            Files.createDirectories(root.resolve(name).resolveSibling("."));
            Files.writeString(root.resolve(name), name);
        }
        assertThat(new DataFiles(root).all())
                .extracting(DataFiles.Entry::name)
                .containsExactly("files/admin.key", "files/tls/ca.key");
    }
}
