package io.rebootless.server.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** One request a connection, byte for byte as told: what no HTTP client would send, too. */
record RawHttp(int port) {
    private static final int TIMEOUT_MILLIS = 60_000;

    /**
     * A request.
     *
     * @param headers whole lines
     */
    record Request(String method, String target, List<String> headers, byte[] body) {
        String line() {
            String text = method + " " + target;
            return (text.length() > 300 ? text.substring(0, 300) + "…" : text) + " "
                    + headers.stream()
                            .map(header -> header.length() > 120 ? header.substring(0, 120) + "…" : header)
                            .filter(header -> !header.startsWith("Authorization"))
                            .toList();
        }
    }

    record Answer(int status, Map<String, String> headers, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }
    }

    Answer send(Request request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.setTcpNoDelay(true);
            var bytes = new ByteArrayOutputStream();
            var head = new StringBuilder(request.method() + " " + request.target() + " HTTP/1.1\r\n");
            head.append("Host: localhost\r\nConnection: close\r\n");
            request.headers().forEach(line -> head.append(line).append("\r\n"));
            if (request.body().length > 0) {
                head.append("Content-Length: ").append(request.body().length).append("\r\n");
            }
            bytes.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
            bytes.writeBytes(request.body());
            try {
                socket.getOutputStream().write(bytes.toByteArray());
            } catch (IOException refusedEarly) {
                // The answer may be there all the same.
                return parse(socket.getInputStream().readAllBytes());
            }
            return parse(socket.getInputStream().readAllBytes());
        }
    }

    private static Answer parse(byte[] answer) throws IOException {
        String text = new String(answer, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (!text.startsWith("HTTP/1.1 ") || end < 0) {
            throw new IOException("no HTTP answer but %d bytes".formatted(answer.length));
        }
        var headers = new TreeMap<String, String>();
        String[] lines = text.substring(0, end).split("\r\n", -1);
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            headers.put(
                    lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                    lines[i].substring(colon + 1).strip());
        }
        String body = text.substring(end + 4);
        if (headers.getOrDefault("transfer-encoding", "").equals("chunked")) {
            body = unchunked(body);
        }
        return new Answer(
                Integer.parseInt(lines[0].substring(9, 12)), headers, body.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String unchunked(String chunks) {
        var body = new StringBuilder();
        int at = 0;
        while (true) {
            int line = chunks.indexOf("\r\n", at);
            int size = line < 0 ? 0 : Integer.parseInt(chunks.substring(at, line), 16);
            if (size == 0) {
                return body.toString();
            }
            body.append(chunks, line + 2, line + 2 + size);
            at = line + 2 + size + 2;
        }
    }
}
