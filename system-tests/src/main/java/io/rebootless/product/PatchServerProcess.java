package io.rebootless.product;

import io.rebootless.guest.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The patch server as a process of its own, on its embedded database, reachable as {@code localhost} here and as {@code
 * host} from guests.
 */
public final class PatchServerProcess implements AutoCloseable {
    /** A busy machine and a first start, which makes a database cluster and a CA. */
    private static final Duration START = Duration.ofMinutes(8);

    private static final Duration STOP = Duration.ofMinutes(2);

    private final Process process;
    private final Path data;
    private final Path log;
    private final int port;
    private final Map<String, String> environment;

    private PatchServerProcess(Process process, Path data, Path log, int port, Map<String, String> environment) {
        this.process = process;
        this.data = data;
        this.log = log;
        this.port = port;
        this.environment = environment;
    }

    /**
     * Starts a server and waits until it takes requests.
     *
     * @param data its data directory, new or from an earlier start
     */
    public static PatchServerProcess start(Path data) {
        return start(data, Map.of());
    }

    /**
     * The same with settings.
     *
     * @param environment settings as variables of its environment, where secrets may be, too
     */
    public static PatchServerProcess start(Path data, Map<String, String> environment) {
        try {
            return start(data, freePort(), environment);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a server that has ended again, where it was. */
    public PatchServerProcess startAgain() {
        return start(data, port, environment);
    }

    private static PatchServerProcess start(Path data, int port, Map<String, String> environment) {
        try {
            Path log = data.resolveSibling(data.getFileName() + ".log");
            long before = Files.exists(log) ? Files.size(log) : 0;
            var command = new ArrayList<String>();
            command.add(Distribution.server().toString());
            command.addAll(
                    List.of("--rebootless.data=" + data, "--rebootless.tls.names=host", "--server.port=" + port));
            var builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            // A server that lives for a minute is better off without the optimizing compiler.
            builder.environment().put("JAVA_OPTS", "-XX:TieredStopAtLevel=1");
            builder.environment().putAll(environment);
            Process process = ChildProcess.start("TERM", builder);
            var server = new PatchServerProcess(process, data, log, port, environment);
            server.awaitReady(before);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it has logged before this start says nothing. */
    private void awaitReady(long before) throws IOException {
        long end = System.nanoTime() + START.toNanos();
        while (!log(before).contains("ready at https://")) {
            if (!process.isAlive() || System.nanoTime() > end) {
                close();
                throw new IllegalStateException("the server did not start; it said:\n" + log());
            }
            pause();
        }
    }

    /** Everything it has logged. */
    public String log() throws IOException {
        return log(0);
    }

    /** The same from a byte on. */
    private String log(long from) throws IOException {
        if (!Files.exists(log)) {
            return "";
        }
        byte[] bytes = Files.readAllBytes(log);
        return new String(bytes, (int) from, bytes.length - (int) from, StandardCharsets.UTF_8);
    }

    public String url() {
        return "https://localhost:" + port;
    }

    /** As guests reach it. */
    public String urlFromGuests() {
        return "https://host:" + port;
    }

    /** Settings with which another server shares this one's database, its embedded one. */
    public Map<String, String> sameDatabase() {
        try {
            Path postgres = data.resolve("postgres");
            // Its fourth line, as PostgreSQL writes it.
            String databasePort =
                    Files.readAllLines(postgres.resolve("18/postmaster.pid")).get(3);
            return Map.of(
                    "SPRING_DATASOURCE_URL",
                    "jdbc:postgresql://127.0.0.1:%s/rebootless".formatted(databasePort.strip()),
                    "SPRING_DATASOURCE_USERNAME",
                    "rebootless",
                    "SPRING_DATASOURCE_PASSWORD",
                    Files.readString(postgres.resolve("password")).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public Path ca() {
        return data.resolve("tls/ca.pem");
    }

    public Path adminKey() {
        return data.resolve("admin.key");
    }

    /** Whoever's certificate is in here may publish. */
    public Path trustDirectory() {
        return data.resolve("trust.d");
    }

    /** The files of the blob store, without those that are just arriving. */
    public List<Path> blobs() {
        try (var files = Files.list(data.resolve("bundles"))) {
            return files.filter(file -> file.toString().endsWith(".rlb")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it as {@code kill -9} would. */
    public void kill() {
        process.destroyForcibly();
        await(STOP);
    }

    /** Ends it in an orderly way. */
    @Override
    public void close() {
        process.destroy();
        if (!await(STOP)) {
            process.destroyForcibly();
            await(STOP);
        }
    }

    private boolean await(Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
