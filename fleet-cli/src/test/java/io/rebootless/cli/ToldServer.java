package io.rebootless.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** For tests of commands: a server that answers as told, and notes what it was asked. */
abstract class ToldServer {
    @TempDir
    Path here;

    HttpServer server;
    final List<String> asked = new ArrayList<>();
    /** By what is asked for, with its method or without. */
    final Map<String, String> answers = new HashMap<>();

    /** To whatever else is asked for. */
    String answer = "";

    /** By what is asked for; of all else {@link #status}. */
    final Map<String, Integer> statuses = new HashMap<>();

    int status = 200;
    /** The last request's body. */
    String sent = "";
    /** So many requests more are not answered. */
    int lost;

    @BeforeEach
    void a_server() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        Files.writeString(here.resolve("admin.key"), "rlak_secret\n");
    }

    private void answer(HttpExchange exchange) throws IOException {
        sent = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        asked.add(noted(exchange));
        if (lost-- > 0) {
            exchange.close();
            return;
        }
        String uri = exchange.getRequestURI().toString();
        byte[] bytes = answers.getOrDefault(exchange.getRequestMethod() + " " + uri, answers.getOrDefault(uri, answer))
                .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(statuses.getOrDefault(uri, status), bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /** What is noted of a request. */
    String noted(HttpExchange exchange) {
        return exchange.getRequestMethod() + " " + exchange.getRequestURI();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    Cli run(Object... words) {
        var all = new ArrayList<>(List.of(words));
        all.addAll(List.of(
                "--server",
                "http://127.0.0.1:" + server.getAddress().getPort(),
                "--api-key-file",
                here.resolve("admin.key")));
        return Cli.run(all.toArray());
    }
}
