package io.rebootless.agent.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command line is read as the kernel reads it. */
class KernelArgumentTest {
    @TempDir
    private Path proc;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "none", textBlock = """
            root=/dev/vda1 quiet                        | none
            root=/dev/vda1 rebootless=off quiet         | off
            rebootless=off rebootless=hold rebootless=on| on
            rebootless=on "rebootless=off"              | off
            rebootless="hold"                           | hold
            dyndbg="file x +p; rebootless=off" quiet    | none
            rebootless=on dyndbg="a rebootless=off      | on
            xrebootless=off norebootless=               | none
            rebootless=                                 | ``
            """)
    void theLastWordCountsAndQuotesHoldWordsTogether(String line, String word) throws IOException {
        Files.writeString(proc.resolve("cmdline"), line + "\n");
        assertThat(KernelArgument.read(proc).orElse(null)).isEqualTo(word);
    }
}
