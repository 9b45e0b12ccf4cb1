package io.rebootless.agent.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.agent.host.ProcessTable;
import io.rebootless.agent.memory.ServiceMark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceStateTest {
    private static final Optional<ServiceMark> MARK = Optional.of(new ServiceMark(1, 812, 4711, "boot", "0.1.0"));

    @TempDir
    private Path proc;

    private void process(long pid, long startTicks) throws IOException {
        Files.createDirectories(proc.resolve(Long.toString(pid)));
        Files.writeString(
                proc.resolve(pid + "/stat"),
                pid + " (ja) va) S 1 812 812 0 -1 4194560 1 0 0 0 1 2 3 4 20 0 9 0 " + startTicks + " 12345 678\n");
    }

    private ServiceState state(String bootId) {
        return ServiceState.of(MARK, bootId, new ProcessTable(proc));
    }

    @Test
    void runsIfTheProcessThatLeftTheMarkIsThere() throws IOException {
        process(1, 1);
        process(812, 4711);
        assertThat(state("boot")).isEqualTo(ServiceState.RUNNING);
    }

    @Test
    void isStoppedIfItIsGoneOrItsNumberIsSomebodyElses() throws IOException {
        process(1, 1);
        assertThat(state("boot")).isEqualTo(ServiceState.STOPPED);
        process(812, 9999);
        assertThat(state("boot")).isEqualTo(ServiceState.STOPPED);
        process(812, 4711);
        assertThat(state("next boot")).isEqualTo(ServiceState.STOPPED);
        assertThat(ServiceState.of(Optional.empty(), "boot", new ProcessTable(proc)))
                .isEqualTo(ServiceState.STOPPED);
    }

    @Test
    void isNotKnownWhereOthersProcessesAreHidden() {
        assertThat(state("boot")).isEqualTo(ServiceState.UNKNOWN);
    }

    @Test
    void theRealProcSaysWhenThisProcessWasStarted() {
        assertThat(new ProcessTable(Path.of("/proc"))
                        .startTicks(ProcessHandle.current().pid()))
                .hasValueSatisfying(ticks -> assertThat(ticks).isPositive());
    }
}
