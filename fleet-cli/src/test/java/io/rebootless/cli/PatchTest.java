package io.rebootless.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A patch directory as a publisher lays it out and gets it wrong; that bundles come of it is the system tests' part. */
class PatchTest {
    @TempDir
    Path here;

    private Path patch;

    @BeforeEach
    void a_directory_to_be() {
        patch = here.resolve("source-routes");
    }

    /** With some options in place of, or besides, those that one cannot do without. */
    private Cli make(String... more) {
        var words = new ArrayList<Object>(List.of("patch", "new", patch));
        var options = new LinkedHashMap<>(Map.of(
                "--title", "Refuse source routes",
                "--function", "ip_options_get",
                "--publication", "2026-11-29.1"));
        words.addAll(List.of("--kernel", "6.1.0-47-amd64"));
        for (int i = 0; i < more.length; i += 2) {
            if (options.remove(more[i]) != null || !more[i].equals("--kernel")) {
                options.put(more[i], more[i + 1]);
            } else {
                words.addAll(List.of(more[i], more[i + 1]));
            }
        }
        options.forEach((option, value) -> words.addAll(List.of(option, value)));
        return Cli.run(words.toArray());
    }

    @Test
    void a_new_patch_directory_has_all_that_a_publisher_fills_in_and_marks_what_only_they_can_write()
            throws IOException {
        var made = make("--cve", "CVE-2026-53249:medium");
        assertThat(made.exit()).isZero();
        assertThat(made.out()).contains("patch build " + patch, "patch test " + patch);
        assertThat(Files.readString(patch.resolve("patch.json")))
                .contains("\"name\" : \"source_routes\"", "6.1.0-47-amd64", "CVE-2026-53249", "medium", "2026-11-29.1");
        assertThat(Files.readString(patch.resolve("src/fix.c")))
                .contains("#error Copy ip_options_get()", ".old_name = \"ip_options_get\"", "livepatch.h");
        assertThat(Files.readString(patch.resolve("reproducer/flaw.c"))).contains("#error");
        assertThat(patch.resolve("src/livepatch.h")).exists();
    }

    @Test
    void what_is_there_already_is_left_alone() throws IOException {
        make();
        Files.writeString(patch.resolve("src/fix.c"), "mine");
        assertThat(make().exit()).isEqualTo(ExitCode.NO_INPUT);
        assertThat(Files.readString(patch.resolve("src/fix.c"))).isEqualTo("mine");
    }

    @ParameterizedTest
    @CsvSource({
        "--cve, CVE-1, --cve",
        "--cve, CVE-2026-0001:dire, --cve",
        "--publication, a b, publication",
        "--name, Fix-1, --name",
        "--kernel, 6.1.0-47-rt-amd64, no rt",
        "--kernel, 6.1.0-47-arm64, amd64",
        "--level, 0, level",
        "--kernel, ../../etc, kernels.release",
        "--kernel, 6.1.0-47-amd64, twice",
        "--function, a.isra.0, --function",
        "--effective-version, 6.1.192-2, with each of kernels",
    })
    void a_word_that_fits_no_bundle_leaves_nothing_behind(String option, String value, String named) {
        var refused = make(option, value);
        assertThat(refused.exit()).isIn(ExitCode.NO_INPUT, ExitCode.USAGE);
        assertThat(refused.err()).contains(named);
        assertThat(patch).doesNotExist();
    }

    @Test
    void a_folder_that_is_no_patch_directory_is_named_with_the_remedy() {
        var refused = Cli.run("patch", "build", here);
        assertThat(refused.exit()).isEqualTo(ExitCode.NO_INPUT);
        assertThat(refused.err()).contains(here.toString(), "patch.json", "patch new");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"level\" : 1, | | level",
                "\"level\" : 1 | \"level\" : 1, \"levle\" : 2 | levle",
                "\"level\" : 1 | \"level\" : 1, \"level\" : 2 | line 3",
                "\"floor\" : 0 | \"floor\" : 2 | floor",
                "\"title\" | \"created\" : \"2026-11-22T10:00:00Z\", \"title\" | manifest.created",
                "\"title\" | \"effectiveVersion\" : \"6.1.192-2\", \"title\" | effectiveVersion",
                "\"title\" | \"tilte\" | title",
                "\"downgradeSafe\" : true, | | downgradeSafe",
                "\"modules\" : [ ] | \"modules\" : [ \"a;reboot\" ] | modules",
                "\"modules\" : [ ] | \"modules\" : 1 | modules",
                "\"kernels\" : [ | \"kernels\" : [ null, | kernels",
                "{ | [ | JSON object",
            })
    void a_definition_that_breaks_a_rule_is_refused_with_the_fields_name(String text, String instead, String named)
            throws IOException {
        make();
        Path file = patch.resolve("patch.json");
        Files.writeString(
                file, Files.readString(file).replaceFirst(Pattern.quote(text), instead == null ? "" : instead));
        var refused = Cli.run("patch", "build", patch);
        assertThat(refused.exit()).isEqualTo(ExitCode.NO_INPUT);
        assertThat(refused.err()).contains(file.toString(), named);
    }

    @Test
    void a_kernel_build_that_the_patch_is_not_for_is_named_with_those_that_it_is_for() {
        make();
        var refused = Cli.run("patch", "test", patch, "--kernel", "6.1.0-50-amd64");
        assertThat(refused.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(refused.err()).contains("6.1.0-50-amd64", "6.1.0-47-amd64");
    }

    @Test
    void nothing_that_was_not_built_is_tried() {
        make();
        var refused = Cli.run("patch", "test", patch);
        assertThat(refused.exit()).isEqualTo(ExitCode.REFUSED);
        assertThat(refused.out()).contains("6.1.0-47-amd64  not good");
        assertThat(refused.err()).contains("patch build", "do not sign");
    }
}
