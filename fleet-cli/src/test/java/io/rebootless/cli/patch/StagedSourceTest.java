package io.rebootless.cli.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.rebootless.cli.CommandFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class StagedSourceTest {
    @TempDir
    Path root;

    private PatchDirectory patch;

    @BeforeEach
    void level_3_of_a_livepatch() throws IOException {
        Files.createDirectory(root.resolve("src"));
        patch = new PatchDirectory(
                root,
                new PatchDefinition(
                        "fix",
                        3,
                        0,
                        true,
                        List.of(),
                        List.of(),
                        JsonMapper.shared().createObjectNode()));
    }

    private String kbuild() throws IOException {
        return Files.readString(StagedSource.of(patch).resolve("Kbuild"));
    }

    private void source(String... names) throws IOException {
        for (String name : names) {
            Files.writeString(root.resolve("src").resolve(name), "");
        }
    }

    @Test
    void all_c_files_become_one_module_with_the_levels_name() throws IOException {
        source("main.c", "cve.c", "cve.h", "notes.txt");
        assertThat(kbuild()).isEqualTo("obj-m := fix_3.o\nfix_3-y := cve.o main.o\n");
        assertThat(root.resolve("build/source/cve.h")).exists();
        assertThat(root.resolve("build/source/notes.txt")).doesNotExist();
    }

    @Test
    void a_source_with_the_modules_own_name_is_not_linked_into_itself() throws IOException {
        source("fix_3.c");
        assertThat(kbuild()).isEqualTo("obj-m := fix_3.o\n");
    }

    @Test
    void a_Kbuild_of_the_publishers_is_taken_as_it_is() throws IOException {
        source("main.c");
        Files.writeString(root.resolve("src/Kbuild"), "obj-m := mine.o\n");
        assertThat(kbuild()).isEqualTo("obj-m := mine.o\n");
    }

    @Test
    void a_source_that_was_removed_is_not_built_any_more() throws IOException {
        source("main.c", "old.c");
        kbuild();
        Files.delete(root.resolve("src/old.c"));
        assertThat(kbuild()).doesNotContain("old.o");
        assertThat(root.resolve("build/source/old.c")).doesNotExist();
    }

    @Test
    void hidden_files_are_editors_business_and_odd_names_are_nobodys() throws IOException {
        source("main.c", ".main.c.swp", ".#main.c");
        assertThat(kbuild()).isEqualTo("obj-m := fix_3.o\nfix_3-y := main.o\n");
        source("a b.c");
        assertThatExceptionOfType(CommandFailed.class).isThrownBy(this::kbuild).withMessageContaining("a b.c");
    }

    @Test
    void a_source_with_the_modules_own_name_stands_alone() throws IOException {
        source("fix_3.c", "cve.c");
        assertThatExceptionOfType(CommandFailed.class).isThrownBy(this::kbuild).withMessageContaining("rename it");
    }

    @Test
    void no_source_at_all_is_said_to_be_missing() {
        assertThatExceptionOfType(CommandFailed.class)
                .isThrownBy(() -> StagedSource.of(patch))
                .withMessageContaining("no C files");
    }
}
