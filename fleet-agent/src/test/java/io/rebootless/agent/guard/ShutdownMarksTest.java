package io.rebootless.agent.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code mark-shutdown} writes, the script itself as it is installed, and what the agent reads of it. */
class ShutdownMarksTest {
    private static final Path SCRIPT = Path.of("src/dist/mark-shutdown").toAbsolutePath();

    @TempDir
    private Path state;

    private Path file;
    private ShutdownMarks marks;
    private String boot = "";

    @BeforeEach
    void marks() throws IOException {
        file = state.resolve("clean-shutdown");
        marks = new ShutdownMarks(file);
        boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    }

    private void mark(String... arguments) throws Exception {
        assertThat(exit(state, arguments)).isZero();
    }

    private static int exit(Path state, String... arguments) throws Exception {
        var command = new ArrayList<>(List.of("/bin/sh", SCRIPT.toString()));
        command.addAll(List.of(arguments));
        command.add(state.toString());
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    @Test
    void aShutdownIsMarkedWithTheBootThatItEnds() throws Exception {
        assertThat(marks.read()).isEmpty();
        mark();
        assertThat(marks.read()).containsExactly(boot);
        marks.forget();
        assertThat(marks.read()).isEmpty();
        assertThat(file).doesNotExist();
    }

    @Test
    void bootsWithoutAnAgentDoNotCoverUpTheOneBefore() throws Exception {
        Files.writeString(file, "\nanother-boot\n");
        mark();
        assertThat(marks.read()).containsExactlyInAnyOrder("another-boot", boot);
    }

    @Test
    void aLineThatACrashHasTornSpoilsItselfOnly() throws Exception {
        Files.writeString(file, "\nanother-boot\n\n1234abc");
        mark();
        assertThat(marks.read()).contains("another-boot", boot).doesNotContain("1234abc" + boot);
    }

    @Test
    void garbageIsNoMark() throws IOException {
        Files.write(file, new byte[] {0, (byte) 0xff, '\n', 7, '\n'});
        assertThat(marks.read()).doesNotContain(boot);
        Files.delete(file);
        Files.createDirectory(file);
        assertThat(marks.read()).isEmpty();
        Files.delete(file);
        Files.write(file, new byte[100_000]);
        assertThat(marks.read()).isEmpty();
    }

    @Test
    void aBootThatGoesOnWithdrawsItsOwnMarkAndNoOther() throws Exception {
        Files.writeString(file, "\nanother-boot\n");
        mark();
        mark("--withdraw");
        assertThat(marks.read()).containsExactly("another-boot");
        mark("--withdraw");
        assertThat(marks.read()).containsExactly("another-boot");
    }

    @Test
    void withoutAnAgentTheFileDoesNotGrowForEver() throws Exception {
        Files.writeString(file, "\nanother-boot\n".repeat(1000));
        mark();
        assertThat(marks.read()).containsExactly(boot);
    }

    @Test
    void whereNoAgentIsInstalledNothingIsMade() throws Exception {
        Path absent = state.resolve("absent");
        assertThat(exit(absent)).isZero();
        assertThat(exit(absent, "--withdraw")).isZero();
        assertThat(absent).doesNotExist();
    }

    @Test
    void aMarkThatCannotBeWrittenIsAnError() throws Exception {
        Files.createDirectory(file);
        assertThat(exit(state)).isNotZero();
    }
}
