package io.rebootless.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class OrphanTest {
    /** A JVM that boots a guest and is then content to wait. */
    static final class Booter {
        public static void main(String[] arguments) throws InterruptedException {
            Guest guest =
                    Machine.with(DebianKernel.get("newest-6.1")).memory(256).boot();
            System.out.println(guest.pid());
            TimeUnit.HOURS.sleep(1);
        }
    }

    @Test
    void a_guest_ends_with_its_jvm_even_when_that_is_killed(@TempDir Path folder) throws Exception {
        Kernels.orSkip("newest-6.1");
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.io.tmpdir=" + folder,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Booter.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long pid;
        try (BufferedReader out = jvm.inputReader(StandardCharsets.UTF_8)) {
            pid = Long.parseLong(out.readLine());
            assertThat(isRunning(pid)).isTrue();
        } finally {
            jvm.destroyForcibly().waitFor();
        }

        for (Deadline deadline = Deadline.in(Duration.ofSeconds(30)); isRunning(pid); Deadline.pause()) {
            assertThat(deadline.passed()).as("QEMU %d still runs", pid).isFalse();
        }
    }

    /** A process that has ended but whom nobody has asked after yet has no command line. */
    private static boolean isRunning(long pid) throws IOException {
        try {
            return !Files.readString(Path.of("/proc/%d/cmdline".formatted(pid))).isEmpty();
        } catch (NoSuchFileException e) {
            return false;
        }
    }
}
