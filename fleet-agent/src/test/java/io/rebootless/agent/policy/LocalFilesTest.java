package io.rebootless.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.agent.memory.Hold;
import io.rebootless.agent.memory.Hold.Mode;
import io.rebootless.agent.memory.Hold.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalFilesTest {
    @TempDir
    private Path directory;

    private LocalOrders read() {
        return new LocalFiles(directory).read();
    }

    private LocalOrders mode(String text) throws IOException {
        Files.writeString(directory.resolve("mode"), text);
        return read();
    }

    private LocalOrders policy(String text) throws IOException {
        Files.writeString(directory.resolve("policy.properties"), text);
        return read();
    }

    @Test
    void withoutFilesTheServerOrders() {
        assertThat(read()).isEqualTo(new LocalOrders(List.of(), Policy.OPEN));
    }

    @Test
    void theModeFileHasThreeWords() throws IOException {
        assertThat(mode("on\n").holds()).isEmpty();
        assertThat(mode(" hold \n").holds())
                .singleElement()
                .extracting(Hold::mode, Hold::source)
                .containsExactly(Mode.STAY, Source.MODE_FILE);
        assertThat(mode("off").holds()).singleElement().extracting(Hold::mode).isEqualTo(Mode.OFF);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "On", "of", "off on", "0", "hold\nhold", "\u0000"})
    void anyOtherWordHolds(String text) throws IOException {
        assertThat(mode(text).holds()).singleElement().satisfies(hold -> {
            assertThat(hold.mode()).isEqualTo(Mode.STAY);
            assertThat(hold.reason()).contains("mode says \"", "none of on, hold, off");
        });
    }

    @Test
    void aModeFileThatCannotBeReadHolds() throws IOException {
        Files.createDirectory(directory.resolve("mode"));
        assertThat(read().holds()).singleElement().extracting(Hold::mode).isEqualTo(Mode.STAY);
        Files.delete(directory.resolve("mode"));
        Files.createSymbolicLink(directory.resolve("mode"), directory.resolve("nowhere"));
        assertThat(read().holds())
                .singleElement()
                .satisfies(hold -> assertThat(hold.reason()).contains("a link that leads nowhere"));
        Files.delete(directory.resolve("mode"));
        assertThat(mode("o".repeat(5000)).holds())
                .singleElement()
                .satisfies(hold -> assertThat(hold.reason()).contains("too large"));
    }

    @Test
    void thePolicyForbidsWhatItNames() throws IOException {
        assertThat(policy("downgrade = forbid\n")).isEqualTo(new LocalOrders(List.of(), new Policy(false, true)));
        assertThat(policy("none=forbid\ndowngrade=allow\n").policy()).isEqualTo(new Policy(true, false));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            downgrades = forbid | "downgrades" is no policy. Known: [downgrade, none]
            none = forbidden    | none is allow or forbid, not "forbidden"
            none =              | none is allow or forbid, not ""
            ''                  | says nothing. Write downgrade or none = allow or forbid into it, or remove it
            ' # forbid all'     | says nothing
            down                | "down" is no policy
            downgrade = for     | downgrade is allow or forbid, not "for"
            none = \\uforbid     | Malformed
            """)
    void aPolicyThatCannotBeFollowedHoldsAndForbidsAll(String line, String words) throws IOException {
        var orders = policy(line);
        assertThat(orders.policy()).isEqualTo(new Policy(false, false));
        assertThat(orders.holds()).singleElement().satisfies(hold -> {
            assertThat(hold.mode()).isEqualTo(Mode.STAY);
            assertThat(hold.source()).isEqualTo(Source.POLICY_FILE);
            assertThat(hold.reason()).contains("policy.properties", words);
        });
    }

    @Test
    void aPolicyThatCannotBeReadHolds() throws IOException {
        Files.createDirectory(directory.resolve("policy.properties"));
        assertThat(read().holds()).hasSize(1);
        assertThat(read().policy()).isEqualTo(new Policy(false, false));
    }
}
