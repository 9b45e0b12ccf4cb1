package io.rebootless.bench.agent;

import io.rebootless.guest.ChildProcess;
import io.rebootless.guest.HostCommand;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.AgentState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One agent, enrolled and running, that has brought a bundle into force. */
final class Candidate implements AutoCloseable {
    private static final Duration COMMAND = Duration.ofMinutes(5);
    private static final long NAP_MILLIS = 100;

    private final Way way;
    private final String key;
    private final PollServer server;
    private final Process process;
    private final Path log;
    private final Usage settled;
    private Optional<Usage> polled = Optional.empty();
    private Optional<Usage> idled = Optional.empty();

    private Candidate(Way way, String key, PollServer server, Process process, Path log, Usage settled) {
        this.way = way;
        this.key = key;
        this.server = server;
        this.process = process;
        this.log = log;
        this.settled = settled;
    }

    static Candidate start(Path folder, Way way, PollServer server, SignedBundle bundle)
            throws IOException, InterruptedException {
        Path place = Files.createTempDirectory(folder, "host");
        var host = StagedHost.create(place, bundle);
        String key = place.getFileName() + (way.anew() ? PollServer.ANEW : "");
        Path secret = Files.writeString(place.resolve("key"), AgentProtocol.ENROLLMENT_KEY_PREFIX + key);
        HostCommand.output(
                COMMAND,
                List.of(
                        way.launcher().toString(),
                        "enroll",
                        "--config",
                        host.settings().toString(),
                        "--server",
                        server.url(),
                        "--ca",
                        folder.resolve("ca.pem").toString(),
                        "--key-file",
                        secret.toString()));
        Path log = place.resolve("log");
        // As its unit starts it; with one more word the command line's library has to understand it.
        var command = new ArrayList<>(List.of(way.launcher().toString(), "run"));
        if (way.byCommandLine()) {
            command.addAll(List.of("--config", host.settings().toString()));
        }
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("REBOOTLESS_CONFIG", host.settings().toString());
        var process = ChildProcess.start("KILL", builder);
        long end = System.nanoTime() + COMMAND.toNanos();
        while (server.state(key) != AgentState.SETTLED) {
            if (!process.isAlive() || System.nanoTime() > end) {
                process.destroyForcibly();
                throw new IllegalStateException(
                        "the agent %s did not settle:%n%s".formatted(way.name(), Files.readString(log)));
            }
            Thread.sleep(NAP_MILLIS);
        }
        return new Candidate(way, key, server, process, log, Usage.of(process.pid()));
    }

    Way way() {
        return way;
    }

    /** Looks once, when so many polls are made. */
    void lookAfter(int polls) throws IOException {
        alive();
        if (polled.isEmpty() && server.polls(key) >= polls) {
            polled = Optional.of(Usage.of(process.pid()));
        }
    }

    boolean polled() {
        return polled.isPresent();
    }

    /** Looks again, after it has done nothing but hang on the line for a while. */
    void lookIdle() throws IOException {
        alive();
        idled = Optional.of(Usage.of(process.pid()));
    }

    private void alive() throws IOException {
        if (!process.isAlive()) {
            throw new IllegalStateException("the agent %s has ended:%n%s".formatted(way.name(), Files.readString(log)));
        }
    }

    Usage afterPolls() {
        return polled.orElseThrow();
    }

    Usage afterIdling() {
        return idled.orElseThrow();
    }

    /** CPU time of one poll, in milliseconds, over all of them but the first few. */
    double pollMillis(int polls) {
        return afterPolls().cpu().minus(settled.cpu()).toNanos() / 1e6 / polls;
    }

    /** The part of one core that it used while its polls hung, those few included. */
    double idleCore() {
        return afterIdling().coreSince(afterPolls());
    }

    Usage afterSettling() {
        return settled;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
