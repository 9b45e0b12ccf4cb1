package io.rebootless.server.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.TimeUnit;

/** A server in a process of its own, where what it needs can be limited and measured. */
public final class ServerProcess implements AutoCloseable {
    private final Path data;
    private final Process process;
    private final BufferedReader said;
    private final PrintWriter ask;
    private final int port;

    private ServerProcess(Path data, Process process) throws IOException {
        this.data = data;
        this.process = process;
        this.said = process.inputReader(StandardCharsets.UTF_8);
        this.ask = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
        this.port = (int) answer("port");
    }

    /**
     * Starts one and waits until it is ready.
     *
     * @param limit an option of the Java virtual machine
     */
    public static ServerProcess start(Path data, String limit) throws IOException {
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        limit,
                        "-XX:+UseSerialGC",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        classes,
                        ServerProcess.class.getName(),
                        data.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            return new ServerProcess(data, process);
        } catch (IOException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    public Api admin() throws IOException {
        return Api.of(port, data)
                .as(java.nio.file.Files.readString(data.resolve("admin.key")).strip());
    }

    /** Bytes of heap that are left after a full collection. */
    public long usedHeap() throws IOException {
        ask.println("heap");
        return answer("heap");
    }

    private long answer(String what) throws IOException {
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.startsWith(what + "=")) {
                return Long.parseLong(line.substring(what.length() + 1));
            }
            System.out.println(line);
        }
        throw new IOException("the server's process has ended");
    }

    @Override
    public void close() throws IOException {
        ask.close();
        process.onExit()
                .orTimeout(60, TimeUnit.SECONDS)
                .exceptionally(late -> process.destroyForcibly())
                .join();
        said.close();
    }

    /** The process: answers what it is asked on its standard input, and stops the server when that ends. */
    public static void main(String[] arguments) {
        try (var server = TestServer.start(Path.of(arguments[0]), List.of());
                var questions = new Scanner(System.in, StandardCharsets.UTF_8)) {
            System.out.println(
                    "port=" + java.net.URI.create(server.api().base()).getPort());
            while (questions.hasNextLine()) {
                questions.nextLine();
                System.gc();
                System.out.println("heap="
                        + ManagementFactory.getMemoryMXBean()
                                .getHeapMemoryUsage()
                                .getUsed());
            }
        }
    }
}
