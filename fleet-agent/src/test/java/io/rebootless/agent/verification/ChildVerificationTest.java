package io.rebootless.agent.verification;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.agent.testing.TestHost;
import io.rebootless.agent.verification.Question.Reply;
import io.rebootless.testing.TestBundles;
import io.rebootless.testing.TestPublishers;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChildVerificationTest extends VerificationContract {
    private static final Duration LONG = Duration.ofMinutes(5);

    @TempDir
    private Path folder;

    private final byte[] bytes = TestBundles.signed(1, TestPublishers.alice());
    private final BundleReference promised = TestHost.reference(bytes);

    @Override
    Verification by(Path trustDirectory) {
        return ChildVerification.by(trustDirectory);
    }

    /** What a process that does as it likes is taken for. */
    private Finding with(String script, Duration patience) {
        return new ChildVerification(folder, List.of("sh", "-c", script), patience)
                .verify(folder.resolve("bundle"), promised);
    }

    private static void assertFailed(Finding finding, String words) {
        assertThat(finding).isInstanceOfSatisfying(Finding.Rejected.class, rejected -> {
            assertThat(rejected.state()).isEqualTo(AgentState.FAILED);
            assertThat(rejected.failure().name()).isEqualTo("verification-failed");
            assertThat(rejected.failure().message()).contains(words);
            assertThat(rejected.stale()).isFalse();
        });
    }

    /** An answer on disk, for a script to give. */
    private String answer(Object reply) throws IOException {
        Path file = Files.write(folder.resolve("answer"), WireJson.mapper().writeValueAsBytes(reply));
        return "read -r question; cat " + file;
    }

    private Finding.Trusted trusted() throws Exception {
        return new Finding.Trusted(TestBundles.read(bytes).header(), List.of("alice"));
    }

    @Test
    void anAnswerInTheRightWordsCounts() throws Exception {
        var reply = new Reply(Question.VERSION, promised, trusted(), null);

        assertThat(with(answer(reply), LONG)).isEqualTo(trusted());
    }

    @Test
    void anAnswerDoesNotCountIfTheProcessFailsAfterIt() throws Exception {
        var reply = new Reply(Question.VERSION, promised, trusted(), null);

        assertFailed(with(answer(reply) + "; exit 3", LONG), "ended with 3");
        assertFailed(with(answer(reply) + "; kill -KILL $$", LONG), "ended with 137");
    }

    @Test
    void anAnswerAboutAnotherBundleDoesNotCount() throws Exception {
        var other = new BundleReference(promised.identity(), promised.fileDigest(), 1, 1, promised.publication());

        assertFailed(with(answer(new Reply(Question.VERSION, other, trusted(), null)), LONG), "another question");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yes",
                "{}",
                "null",
                "{\"version\":1,\"promised\":PROMISED}",
                "{\"version\":2,\"promised\":PROMISED,\"trusted\":TRUSTED}",
                "{\"version\":1,\"promised\":PROMISED,\"trusted\":TRUSTED,\"rejected\":REJECTED}",
                "{\"version\":1,\"promised\":PROMISED,\"trusted\":{\"header\":null,\"signers\":[\"alice\"]}}",
                "{\"version\":1,\"promised\":PROMISED,\"trusted\":UNSIGNED}",
                "{\"version\":1,\"promised\":PROMISED,\"trusted\":TRUSTED} and more",
            })
    void garbageDoesNotCount(String garbage) throws Exception {
        var json = WireJson.mapper();
        String trusted = json.writeValueAsString(trusted());
        Files.writeString(
                folder.resolve("answer"),
                garbage.replace("PROMISED", json.writeValueAsString(promised))
                        .replace("UNSIGNED", trusted.replace("\"alice\"", ""))
                        .replace("TRUSTED", trusted)
                        .replace("REJECTED", json.writeValueAsString(Finding.failed("some", "thing"))));

        assertFailed(with("read -r question; cat " + folder.resolve("answer"), LONG), "something else than a finding");
    }

    @Test
    void tooMuchDoesNotCount() {
        assertFailed(with("read -r question; head -c 62000 /dev/zero", LONG), "more than it may");
    }

    @Test
    void aProcessThatDoesNotEndIsEnded() throws Exception {
        Path pid = folder.resolve("pid");

        assertFailed(with("echo $$ > " + pid + "; exec sleep 600", Duration.ofSeconds(5)), "within 5 s");
        var process = ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()));
        process.ifPresent(
                handle -> handle.onExit().orTimeout(60, TimeUnit.SECONDS).join());
        assertThat(process.map(ProcessHandle::isAlive).orElse(false)).isFalse();
    }

    @Test
    void aCommandThatIsNotThereHasFailed() {
        var verification = new ChildVerification(folder, List.of("/nowhere/java"), LONG);

        assertFailed(verification.verify(folder.resolve("bundle"), promised), "could not be asked");
    }

    @Test
    void theProcessEndsWithWhoeverAsks() throws Exception {
        // A FIFO that nobody writes to keeps it busy.
        Path fifo = folder.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        Files.write(
                folder.resolve("alice.der"),
                TestPublishers.alice().certificate().der());
        var process = new ProcessBuilder(ChildVerification.java())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        var in = process.getOutputStream();
        in.write(Question.of(fifo, folder, promised).line());
        in.flush();
        assertThat(process.waitFor(2, TimeUnit.SECONDS)).as("it is busy").isFalse();

        in.close();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isNotZero();
    }

    @Test
    void withoutAQuestionTheProcessFails() throws Exception {
        for (String words : List.of("", "\n", "{}\n", "what?\n")) {
            var process = new ProcessBuilder(ChildVerification.java())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().write(words.getBytes(StandardCharsets.UTF_8));
            if (words.isEmpty()) {
                process.getOutputStream().close();
            } else {
                process.getOutputStream().flush();
            }
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(words).isTrue();
            assertThat(process.exitValue()).as(words).isNotZero();
            assertThat(process.getInputStream().readAllBytes()).isEmpty();
        }
    }
}
