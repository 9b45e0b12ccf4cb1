package io.rebootless.guest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Processes that end with this JVM, however it ends. */
public final class ChildProcess {
    /**
     * Starts them all. The kernel ends a child "when its parent dies" when the <em>thread</em> that started it does, so
     * it must be one that lives as long as we do.
     */
    private static final ExecutorService STARTER = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "child-starter");
        thread.setDaemon(true);
        return thread;
    });

    private ChildProcess() {}

    /**
     * Starts a process.
     *
     * @param signal what the kernel sends it should we die without a word, such as {@code KILL}
     * @param builder its command is run by setpriv
     * @throws IOException if setpriv cannot be started
     */
    public static Process start(String signal, ProcessBuilder builder) throws IOException {
        List<String> command = new ArrayList<>(List.of("setpriv", "--pdeathsig", signal));
        command.addAll(builder.command());
        builder.command(command);
        try {
            return STARTER.submit(builder::start).get();
        } catch (ExecutionException e) {
            throw new IOException("%s could not be started; is it installed?".formatted(command), e.getCause());
        } catch (InterruptedException e) {
            throw Deadline.interrupted();
        }
    }
}
