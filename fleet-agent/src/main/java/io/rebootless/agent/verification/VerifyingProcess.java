package io.rebootless.agent.verification;

import io.rebootless.agent.verification.Question.Reply;
import io.rebootless.wire.WireJson;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The other end of {@link ChildVerification}: one line on standard input, one answer on standard output, exit code 0.
 * Standard input stays open as long as whoever asks lives; when it ends, so does this process, at once.
 */
public final class VerifyingProcess {
    private static final int NO_ANSWER = 1;

    /** No question is longer. */
    private static final int MAX_LINE_BYTES = 64 * 1024;

    private VerifyingProcess() {}

    public static void main(String[] arguments) throws IOException {
        var worker = Thread.currentThread();
        // A service manager's SIGTERM comes to both at once: whoever asks must not take that for what is wrong with a
        // bundle.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> join(worker), "finish"));
        var in = new FileInputStream(FileDescriptor.in);
        String line = line(in);
        var watch = new Thread(() -> endWith(in), "watch");
        watch.setDaemon(true);
        watch.start();
        var question = WireJson.mapper().readValue(line, Question.class);
        var finding = InProcessVerification.by(Path.of(question.trustDirectory()))
                .verify(Path.of(question.file()), question.promised());
        try (var out = new FileOutputStream(FileDescriptor.out)) {
            out.write(WireJson.mapper().writeValueAsBytes(Reply.to(question, finding)));
        }
        // Not exit: the hook above waits for this thread.
        Runtime.getRuntime().halt(0);
    }

    private static String line(InputStream in) throws IOException {
        byte[] line = new byte[MAX_LINE_BYTES];
        for (int size = 0; size < line.length; size++) {
            int next = in.read();
            if (next == '\n') {
                return new String(line, 0, size, StandardCharsets.UTF_8);
            }
            if (next < 0) {
                break;
            }
            line[size] = (byte) next;
        }
        throw new IOException("there is no question on standard input; the agent starts this process by itself");
    }

    private static void endWith(InputStream in) {
        try {
            while (in.read() >= 0) {
                // nothing more is expected
            }
        } catch (IOException e) {
            // as good as its end
        }
        Runtime.getRuntime().halt(NO_ANSWER);
    }

    private static void join(Thread worker) {
        try {
            worker.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
