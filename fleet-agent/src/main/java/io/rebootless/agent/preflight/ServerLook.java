package io.rebootless.agent.preflight;

import io.rebootless.agent.server.ServerException;
import io.rebootless.kernel.BuildId;
import io.rebootless.kernel.KernelBuild;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Asks the patch server once. */
record ServerLook(Optional<Preflight.Server> server, LongSupplier nanoTime) {
    /** Nobody's: whether a server answers can be seen all the same. */
    private static final BuildId NONE = new BuildId("00".repeat(BuildId.MAX_BYTES));

    ServerAnswer ask(Optional<KernelBuild> running) {
        if (server.isEmpty()) {
            return new ServerAnswer.NotAsked();
        }
        String name = server.get().toString();
        long start = nanoTime.getAsLong();
        try {
            var coverage =
                    server.get().coverage(running.map(KernelBuild::buildId).orElse(NONE));
            return new ServerAnswer.Told(name, coverage, Duration.ofNanos(nanoTime.getAsLong() - start));
        } catch (ServerException e) {
            return new ServerAnswer.Refused(
                    name, String.valueOf(e.getMessage()), e.kind() == ServerException.Kind.BUSY);
        } catch (IOException e) {
            return new ServerAnswer.Unreachable(String.valueOf(e.getMessage()));
        }
    }
}
