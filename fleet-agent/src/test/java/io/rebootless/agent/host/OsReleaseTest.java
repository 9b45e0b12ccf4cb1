package io.rebootless.agent.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OsReleaseTest {
    @TempDir
    Path here;

    private Map<String, String> facts(String text) throws IOException {
        Path file = here.resolve("os-release");
        Files.writeString(file, text, StandardCharsets.ISO_8859_1);
        return OsRelease.facts(List.of(here.resolve("none"), file));
    }

    @Test
    void the_distribution_and_its_version_are_facts() throws IOException {
        assertThat(facts("PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n# a remark\nVERSION_ID=\"12\"\nID=debian\n"))
                .isEqualTo(Map.of("os.id", "debian", "os.version", "12"));
        assertThat(facts("ID='rhel'\nVERSION_ID=9.6\n")).isEqualTo(Map.of("os.id", "rhel", "os.version", "9.6"));
    }

    @Test
    void what_is_missing_is_no_fact() throws IOException {
        assertThat(facts("ID=arch\n")).isEqualTo(Map.of("os.id", "arch"));
        assertThat(facts("")).isEmpty();
        assertThat(OsRelease.facts(List.of(here.resolve("none")))).isEmpty();
        assertThat(OsRelease.facts(List.of(here))).as("a folder").isEmpty();
    }

    @Test
    void what_is_strange_is_none_either() throws IOException {
        assertThat(facts("ID=\"\"\nVERSION_ID=" + "9".repeat(300))).isEmpty();
        assertThat(facts("ID=\\u00zz\n")).isEmpty();
        assertThat(facts("ID=\u00e9\n")).as("not UTF-8").isEmpty();
        assertThat(facts("ID=a\\tb\n")).as("a tab").isEmpty();
    }
}
