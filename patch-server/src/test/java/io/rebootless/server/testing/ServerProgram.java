package io.rebootless.server.testing;

import io.rebootless.trust.PublisherKey;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A server in a process of its own, for what only a process shows: its log, its signals, its exit code. */
public final class ServerProgram implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Process process;
    private final Path data;
    private final Path log;
    private final int port;

    private ServerProgram(Process process, Path data, Path log, int port) {
        this.process = process;
        this.data = data;
        this.log = log;
        this.port = port;
    }

    /** Starts one and waits until it takes requests. */
    public static ServerProgram start(Path data, List<String> settings) throws IOException, InterruptedException {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        Path log = data.resolveSibling(data.getFileName() + ".log");
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath(),
                "io.rebootless.server.PatchServer",
                "--rebootless.data=" + data,
                "--server.port=" + port));
        command.addAll(settings);
        command.addAll(TestDatabase.settingsFor(data, settings));
        var server = new ServerProgram(
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start(),
                data,
                log,
                port);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!server.log().contains("ready at https://")) {
            if (!server.process.isAlive() || System.nanoTime() > deadline) {
                server.close();
                throw new IllegalStateException("the server does not start; it said:\n" + server.log());
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return server;
    }

    /** Without the tests' own classes, among which is a configuration that quiets the log. */
    private static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.endsWith("test-classes"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    public Api api() {
        return Api.of(port, data);
    }

    public Api admin() throws IOException {
        return api().as(Files.readString(data.resolve("admin.key")).strip());
    }

    public void trust(String name, PublisherKey key) throws IOException {
        Files.write(
                data.resolve("trust.d").resolve(name + ".der"),
                key.certificate().der());
    }

    /** All that it has written so far. */
    public String log() throws IOException {
        return Files.readString(log);
    }

    public int port() {
        return port;
    }

    /** Asks it to end, as systemd does. */
    public void terminate() {
        process.destroy();
    }

    public boolean running() {
        return process.isAlive();
    }

    /** Its exit code, once it has ended. */
    public int awaitExit() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("the server has not ended within " + PATIENCE);
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException("interrupted", e));
        }
    }
}
