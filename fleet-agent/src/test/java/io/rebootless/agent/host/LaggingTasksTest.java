package io.rebootless.agent.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.wire.BlockingTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaggingTasksTest {
    @TempDir
    private Path proc;

    @BeforeEach
    void tasks() throws IOException {
        task(10, 10, "systemd", 1, "");
        task(20, 20, "postgres", 0, "[<0>] do_wait+0x1/0x2\n[<0>] x64_sys_call\u0007+0x1");
        task(20, 21, "postgres: wal\u001b[2J", 0, "");
        task(30, 30, "idle", -1, "");
        Files.createDirectories(proc.resolve("sys/kernel"));
        Files.createDirectories(proc.resolve("40"));
    }

    private void task(int pid, int tid, String name, int state, String stack) throws IOException {
        Path task = Files.createDirectories(proc.resolve("%d/task/%d".formatted(pid, tid)));
        Files.writeString(task.resolve("comm"), name + "\n");
        Files.writeString(task.resolve("patch_state"), state + "\n");
        Files.writeString(task.resolve("stack"), stack);
    }

    @Test
    void onTheWayInThoseLagThatStillRunTheOldCodeThreadsIncluded() throws IOException {
        assertThat(LaggingTasks.read(proc, false))
                .containsExactlyInAnyOrder(
                        new BlockingTask(20, "postgres", "[<0>] do_wait+0x1/0x2\n[<0>] x64_sys_call +0x1"),
                        new BlockingTask(21, "postgres: wal [2J", null));
    }

    @Test
    void onTheWayOutThoseThatStillRunTheNew() throws IOException {
        assertThat(LaggingTasks.read(proc, true)).containsExactly(new BlockingTask(10, "systemd", null));
    }

    @Test
    void aReportHasRoomForTwentyAndForLongNamesInPart() throws IOException {
        for (int pid = 100; pid < 150; pid++) {
            task(pid, pid, "n".repeat(100), 0, "s".repeat(10_000));
        }
        var found = LaggingTasks.read(proc, false);
        assertThat(found).hasSize(20);
        assertThat(found).anyMatch(task -> task.name().length() == 64);
    }

    @Test
    void thisMachineIsReadWithoutAnError() throws IOException {
        assertThat(LaggingTasks.read(Path.of("/proc"), false)).hasSizeLessThanOrEqualTo(20);
    }
}
