package io.rebootless.agent.transport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is asked.
 *
 * @param method in capitals
 * @param target http or https
 * @param headers beyond those that every request has
 * @param body none for a GET
 */
public record Request(String method, URI target, Map<String, String> headers, Optional<byte[]> body) {

    public static Request get(URI target, Map<String, String> headers) {
        return new Request("GET", target, headers, Optional.empty());
    }

    /** As it goes over the line. */
    byte[] bytes(Origin origin, Optional<Proxy> forwarder) throws IOException {
        String path = target.getRawPath() == null || target.getRawPath().isEmpty() ? "/" : target.getRawPath();
        String query = target.getRawQuery() == null ? "" : "?" + target.getRawQuery();
        var all = new LinkedHashMap<String, String>();
        all.put("Host", origin.hostHeader());
        all.putAll(headers);
        if (forwarder.isPresent()) {
            forwarder.get().authorization().ifPresent(value -> all.put("Proxy-Authorization", value));
        }
        body.ifPresent(content -> all.put("Content-Length", Integer.toString(content.length)));
        var out = new ByteArrayOutputStream();
        out.write(head(method + " " + (forwarder.isPresent() ? origin : "") + path + query, all));
        if (body.isPresent()) {
            out.write(body.get());
        }
        return out.toByteArray();
    }

    /** A request's first line and headers. Nothing that was read somewhere may add a line of its own. */
    static byte[] head(String start, Map<String, String> headers) throws IOException {
        var text = new StringBuilder(line(start + " HTTP/1.1"));
        for (var header : headers.entrySet()) {
            text.append(line(header.getKey() + ": " + header.getValue()));
        }
        return text.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static String line(String text) throws IOException {
        if (!text.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            // Not the text itself: it may be a secret.
            throw new IOException("the request would hold characters that no request may hold");
        }
        return text + "\r\n";
    }
}
