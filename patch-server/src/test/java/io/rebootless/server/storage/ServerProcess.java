package io.rebootless.server.storage;

import io.rebootless.server.PatchServer;
import io.rebootless.server.testing.Api;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The server as a process of its own, which can be killed, with the PostgreSQL that it has started. */
final class ServerProcess implements AutoCloseable {
    /** Of a busy machine. */
    static final long PATIENCE_SECONDS = 180;

    private final Path data;
    private final int port;
    private Process process;
    private Path log;
    private int starts;

    ServerProcess(Path data) throws IOException, InterruptedException {
        this.data = data;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            this.port = socket.getLocalPort();
        }
        start();
    }

    /** Starts it and waits until it takes requests. */
    void start() throws IOException, InterruptedException {
        starts++;
        log = data.resolveSibling("server-%d.log".formatted(starts));
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PatchServer.class.getName(),
                        "--rebootless.data=" + data,
                        "--server.port=" + port)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!log().contains("ready at https://")) {
            if (System.nanoTime() - deadline > 0 || !process.isAlive()) {
                throw new AssertionError("the server did not start; it said:\n" + log());
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    Api admin() throws IOException {
        return Api.of(port, data).as(Files.readString(data.resolve("admin.key")).strip());
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** {@code kill -9}. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    Optional<ProcessHandle> postmaster() throws IOException {
        return PostmasterFile.living(PostgresCluster.data(data.resolve("postgres")))
                .flatMap(file -> ProcessHandle.of(file.pid()));
    }

    /** PostgreSQL's processes that serve connections. */
    List<ProcessHandle> backends() throws IOException {
        return postmaster().stream()
                .flatMap(ProcessHandle::children)
                .filter(child -> commandLine(child).startsWith("postgres: " + PostgresCluster.USER + " "))
                .toList();
    }

    private static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc", "" + process.pid(), "cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }

    @Override
    public void close() {
        try {
            Optional<ProcessHandle> postgres = postmaster();
            process.destroy();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                kill();
            }
            postgres.ifPresent(ProcessHandle::destroyForcibly);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
