package io.rebootless.cli.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What an operator's files may look like that go into a block. */
class BlockOptionsTest {
    private static final String SUM = "ab".repeat(32);

    @TempDir
    Path here;

    private String block(String sums) throws IOException {
        Path file = Files.writeString(here.resolve("SHA256SUMS"), sums);
        var server = CommandLine.populateCommand(
                new ServerOptions(), "--server", "https://patches.example:8443", "--api-key-file", "admin.key");
        return CommandLine.populateCommand(new BlockOptions(), "--sums", file.toString())
                .block(server)
                .orElseThrow();
    }

    @Test
    void sums_may_be_written_as_of_text_or_as_of_binary_files() throws IOException {
        String text = block(SUM + "  agent.sh\n" + SUM + "  rebootless-agent_1_amd64.deb\n");
        assertThat(text).contains("\n" + SUM + "  agent.sh\n", "\n" + SUM + "  rebootless-agent_1_amd64.deb\n");
        assertThat(block(SUM + " *agent.sh\n" + SUM + " *rebootless-agent_1_amd64.deb\n"))
                .isEqualTo(text);
    }

    @Test
    void sums_without_the_scripts_are_refused() {
        assertThatThrownBy(() -> block(SUM + "  rebootless-agent_1_amd64.deb\n"))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("the sum of agent.sh is not in it");
    }

    @Test
    void what_is_no_line_of_sums_is_refused() {
        assertThatThrownBy(() -> block(SUM + "  agent.sh\nREBOOTLESS\n"))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("no line of sha256sum: REBOOTLESS");
    }
}
