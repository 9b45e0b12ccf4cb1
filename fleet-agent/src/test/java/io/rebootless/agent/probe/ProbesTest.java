package io.rebootless.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.agent.probe.Probes.Phase;
import io.rebootless.bundle.Sha256;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator's probes: what is run, what is said of it, and what is not run and fails just the same. */
class ProbesTest {
    private static final BundleReference BUNDLE =
            new BundleReference(Sha256.of(new byte[] {1}), Sha256.of(new byte[] {2}), 1000, 3, "2026-11-28.3");

    @TempDir
    private Path folder;

    private Path directory;
    private Probes probes;

    @BeforeEach
    void probes() throws IOException {
        directory = Files.createDirectory(folder.resolve("probes.d"));
        probes = new Probes(directory, uid(), Duration.ofSeconds(20), Path.of("/proc"));
    }

    private int uid() throws IOException {
        return (int) Files.getAttribute(folder, "unix:uid");
    }

    private Path probe(String name, String... lines) throws IOException {
        Path probe = directory.resolve(name);
        Files.writeString(probe, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        return mode(probe, "rwxr-xr-x");
    }

    private static Path mode(Path path, String permissions) throws IOException {
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    private Optional<String> run() throws Exception {
        return words(probes.run(BUNDLE, Phase.SOAKING));
    }

    private static Optional<String> words(Optional<Failure> failure) {
        return failure.map(said -> said.name() + ": " + said.message());
    }

    private void assertUnfit(String words) throws Exception {
        assertThat(words(probes.unfit()).orElseThrow())
                .startsWith("probe-unfit: ")
                .contains(words);
        assertThat(run().orElseThrow())
                .as("run all the same")
                .startsWith("probe-failed: ")
                .contains(words);
    }

    @Test
    void withoutProbesNothingFails() throws Exception {
        assertThat(run()).isEmpty();
        Files.delete(directory);
        assertThat(probes.unfit()).isEmpty();
        assertThat(run()).isEmpty();
    }

    @Test
    void allAreRunInTheOrderOfTheirNamesAndToldWhatIsInForce() throws Exception {
        Path out = folder.resolve("out");
        probe("20-second", "echo second $REBOOTLESS_PUBLICATION >>" + out);
        probe("10-first", "echo first $REBOOTLESS_LEVEL $REBOOTLESS_PHASE in $PWD >>" + out);
        Files.writeString(directory.resolve(".hidden"), "not a probe");
        assertThat(run()).isEmpty();
        assertThat(Files.readAllLines(out)).containsExactly("first 3 soaking in /", "second 2026-11-28.3");
        assertThat(probes.unfit()).isEmpty();
    }

    @Test
    void theFirstThatFailsIsNamedWithItsExitCodeAndItsLastLine() throws Exception {
        probe("10-good", "exit 0");
        probe("20-bad", "echo first line", "printf 'no answer on port 443\\033[31m\\n' >&2", "echo", "exit 7");
        probe("30-never", "touch " + folder.resolve("ran"));
        assertThat(run()).contains("probe-failed: probe 20-bad exited with 7: no answer on port 443 [31m");
        assertThat(folder.resolve("ran")).doesNotExist();
    }

    @Test
    void oneThatSaysNothingAndOneThatCannotBeRunFailToo() throws Exception {
        probe("10-mute", "exit 1");
        assertThat(run()).contains("probe-failed: probe 10-mute exited with 1: it said nothing");
        Files.writeString(directory.resolve("10-mute"), "#!/no/such/interpreter\n");
        assertThat(run().orElseThrow()).startsWith("probe-failed: probe 10-mute cannot be run");
    }

    @Test
    void muchOutputNeitherBlocksNorIsKept() throws Exception {
        probe("10-loud", "yes line | head -c 3000000", "echo", "echo the end", "exit 3");
        assertThat(run()).contains("probe-failed: probe 10-loud exited with 3: the end");
    }

    @Test
    void oneThatTakesTooLongIsKilledWithAllThatItHasStarted() throws Exception {
        var impatient = new Probes(directory, uid(), Duration.ofSeconds(2), Path.of("/proc"));
        Path pids = folder.resolve("pids");
        probe(
                "10-slow",
                "echo waiting for the database",
                "sleep 600 & echo $! >>" + pids,
                // Out of its parent's tree, group and session.
                "(setsid sh -c 'echo $$ >>" + pids + "; exec sleep 600' &)",
                "sleep 600");
        assertThat(words(impatient.run(BUNDLE, Phase.APPLIED)))
                .contains(
                        "probe-failed: probe 10-slow was still running after 2 s and was killed: waiting for the database");
        for (String pid : Files.readAllLines(pids)) {
            assertThat(gone(Long.parseLong(pid))).as("process %s", pid).isTrue();
        }
    }

    @Test
    void oneThatHasPassedLeavesNothingBehind() throws Exception {
        Path pid = folder.resolve("pid");
        probe("10-daemon", "sleep 600 >/dev/null 2>&1 & echo $! >" + pid);
        assertThat(run()).isEmpty();
        assertThat(gone(Long.parseLong(Files.readString(pid).strip()))).isTrue();
    }

    /** A zombie that nobody waits for is gone too. */
    private static boolean gone(long pid) throws Exception {
        for (int i = 0; i < 100; i++) {
            Path stat = Path.of("/proc/%d/stat".formatted(pid));
            if (!Files.exists(stat) || Files.readString(stat).contains(") Z ")) {
                return true;
            }
            Thread.sleep(50);
        }
        return false;
    }

    @Test
    void whatOthersCanWriteIsNotRun() throws Exception {
        Path probe = probe("10-probe", "touch " + folder.resolve("ran"));
        mode(probe, "rwxrwxr-x");
        assertUnfit("can be written by others");
        mode(probe, "rwxr-xrwx");
        assertUnfit("chmod go-w");
        mode(probe, "rwxr-xr-x");
        mode(directory, "rwxrwxr-x");
        assertUnfit("probes.d can be written by others");
        assertThat(folder.resolve("ran")).doesNotExist();
    }

    @Test
    void whatIsNotRootsIsNotRun() throws Exception {
        probe("10-probe", "touch " + folder.resolve("ran"));
        probes = new Probes(directory, uid() + 1, Duration.ofSeconds(20), Path.of("/proc"));
        assertUnfit("belongs to user");
        assertThat(folder.resolve("ran")).doesNotExist();
    }

    @Test
    void linksFoldersAndWhatIsNotExecutableAreNoProbesAndAreNotPassedOver() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("10-link"), Path.of("/bin/true"));
        assertUnfit("10-link is not a regular file");
        Files.delete(link);
        Path sub = Files.createDirectory(directory.resolve("10-folder"));
        assertUnfit("10-folder is not a regular file");
        Files.delete(sub);
        mode(probe("10-probe", "exit 0"), "rw-r--r--");
        assertUnfit("10-probe is not executable");
    }

    @Test
    void aDirectoryThatIsNoneIsAFailureAndNoError() throws Exception {
        Files.delete(directory);
        Files.writeString(directory, "");
        assertUnfit("cannot be read");
    }
}
