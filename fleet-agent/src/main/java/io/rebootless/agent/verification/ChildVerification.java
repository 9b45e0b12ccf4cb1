package io.rebootless.agent.verification;

import io.rebootless.agent.verification.Question.Reply;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;

/**
 * Has a process of the same Java and the same jars do the work, and ends it: what verifying needs in memory is gone with
 * it. A process that does not answer, in time, in full and in these words, has found nothing.
 */
public final class ChildVerification implements Verification {
    /** The largest bundle on the slowest host takes a fraction of it. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** Less than a pipe holds: the process can write its whole answer before anybody reads it. */
    private static final int MAX_ANSWER_BYTES = 60 * 1024;

    private final Path trustDirectory;
    private final List<String> command;
    private final Duration patience;

    /**
     * Asks whatever {@code command} starts.
     *
     * @param patience how long it may take
     */
    ChildVerification(Path trustDirectory, List<String> command, Duration patience) {
        this.trustDirectory = trustDirectory;
        this.command = List.copyOf(command);
        this.patience = patience;
    }

    /** Asks the agent's own {@link VerifyingProcess}, which trusts whom the directory names. */
    public static Verification by(Path trustDirectory) {
        return new ChildVerification(trustDirectory, java(), PATIENCE);
    }

    /** This Java, with the launcher's flags as far as they matter to a process that lives for a second. */
    static List<String> java() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx24m",
                "-Xss512k",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-XX:-UsePerfData",
                "-XX:+ExitOnOutOfMemoryError",
                // Its own words would go to standard output, where the answer is expected.
                "-Xlog:disable",
                "-Xlog:all=warning:stderr",
                "-cp",
                System.getProperty("java.class.path"),
                VerifyingProcess.class.getName());
    }

    @Override
    public Finding verify(Path file, BundleReference promised) {
        try {
            var process =
                    new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
            try {
                return ask(process, Question.of(file, trustDirectory, promised));
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            return failed("could not be asked: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed("was not waited for");
        }
    }

    /** Its standard input stays open until it has ended: that is how it knows that somebody waits. */
    private Finding ask(Process process, Question question) throws IOException, InterruptedException {
        try (var in = process.getOutputStream();
                var out = process.getInputStream()) {
            in.write(question.line());
            in.flush();
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                return failed("gave no answer within %d s".formatted(patience.toSeconds()));
            }
            if (process.exitValue() != 0) {
                return failed("ended with %d; what it said is in the service's log".formatted(process.exitValue()));
            }
            byte[] answer = out.readNBytes(MAX_ANSWER_BYTES + 1);
            if (answer.length > MAX_ANSWER_BYTES) {
                return failed("answers more than it may");
            }
            return understood(answer, question);
        }
    }

    private static Finding understood(byte[] answer, Question question) {
        try {
            var reply = WireJson.mapper().readValue(answer, Reply.class);
            return reply.promised().equals(question.promised()) ? reply.finding() : failed("answers another question");
        } catch (JacksonException | NullPointerException | IllegalArgumentException e) {
            return failed("answers something else than a finding; restart the service if it was upgraded just now");
        }
    }

    private static Finding failed(String what) {
        return Finding.failed(Finding.FAILED, "the process that verifies bundles " + what);
    }
}
