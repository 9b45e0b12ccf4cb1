package io.rebootless.server.api;

import io.rebootless.server.api.FuzzTest.World;
import io.rebootless.server.api.RawHttp.Request;
import io.rebootless.server.api.Surface.Operation;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.StringJoiner;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Makes requests up: each begins as a valid one, and most are then spoilt somewhere. */
final class Requests {
    private static final List<String> METHODS =
            List.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "get");
    private static final List<String> TYPES = List.of(
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "multipart/form-data",
            "application/json; charset=utf-16",
            "application/json; charset=nonsense",
            "garbage",
            "*/*",
            "application/xml");
    private static final List<String> RANGES =
            List.of("bytes=0-0", "bytes=-1", "bytes=5-2", "bytes=999999999-", "bytes=0-1,3-4", "bytes=x", "lines=1-2");
    private static final List<String> HEADERS = List.of(
            "Accept: text/html",
            "Accept: garbage",
            "Accept: */*;q=x",
            "Accept-Encoding: gzip",
            "Prefer: wait=x",
            "Prefer: wait=1, wait=2",
            "If-None-Match: *",
            "If-None-Match: \"",
            "If-Modified-Since: yesterday",
            "Expect: nothing",
            "X-Forwarded-For: 999.1.1.1",
            "X-HTTP-Method-Override: DELETE",
            "Origin: https://elsewhere.example",
            "Cookie: " + "c=".repeat(50),
            "X-Long: " + "y".repeat(3000),
            "X-Control: \u0001\u007f",
            "Idempotency-Key: short",
            "Idempotency-Key: " + "k".repeat(201),
            "Authorization: Basic eDp5");

    private final List<Operation> operations;
    private final Values values;
    private final Random random;
    private final World world;

    Requests(Surface surface, long seed, World world) {
        this.operations = surface.operations();
        this.random = new Random(seed);
        this.values = new Values(surface, random, world.known());
        this.world = world;
    }

    /**
     * A request.
     *
     * @param strayed it may not have reached the operation: another method, or a path that is no longer its own
     */
    record Sent(Operation operation, Request request, boolean strayed) {}

    Sent next() {
        Operation operation = values.any(operations);
        boolean spoil = !values.chance(4);
        var headers = new ArrayList<String>();
        String key = values.any(world.keys());
        if (!key.isEmpty()) {
            headers.add("Authorization: Bearer " + (values.chance(40) ? key + "x" : key));
        }
        boolean strayed = false;
        var path = new StringBuilder(operation.path());
        for (JsonNode parameter : operation.parameters("path")) {
            String name = parameter.get("name").stringValue();
            boolean odd = spoil && values.chance(4);
            // Few of the known ones, or nobody would be left to ask with.
            boolean harmless = operation.method().equals("DELETE") && !values.chance(20);
            String value = odd
                    ? values.odd()
                    : harmless
                            ? new UUID(random.nextLong(), 0).toString()
                            : text(values.valid(name, parameter.get("schema")));
            strayed |= odd;
            int at = path.indexOf("{" + name + "}");
            path.replace(
                    at, at + name.length() + 2, values.chance(50) ? value.replaceAll("[^!-~]", "") : encode(value));
        }
        String query = query(operation, spoil);
        byte[] body = body(operation, spoil, headers);
        for (JsonNode parameter : operation.parameters("header")) {
            header(parameter, spoil, headers);
        }
        if (spoil && values.chance(4)) {
            headers.add(values.any(HEADERS));
        }
        String method = operation.method();
        if (spoil && values.chance(12)) {
            method = values.any(METHODS);
        }
        if (spoil && values.chance(40)) {
            path.append(values.any(List.of("/", "/x", ";a=b", "/..", "//", "%2e%2e", ".json")));
            strayed = true;
        }
        Operation meant = operation;
        if (!method.equals(operation.method())) {
            meant = at(method, operation);
            strayed = true;
        }
        return new Sent(meant, new Request(method, path + query, headers, body), strayed);
    }

    /** The operation that this method has at the same path, if there is one. */
    private Operation at(String method, Operation operation) {
        String wanted = method.equals("HEAD") ? "GET" : method;
        return operations.stream()
                .filter(other ->
                        other.path().equals(operation.path()) && other.method().equals(wanted))
                .findFirst()
                .orElse(operation);
    }

    private String query(Operation operation, boolean spoil) {
        var query = new StringJoiner("&", "?", "").setEmptyValue("");
        for (JsonNode parameter : operation.parameters("query")) {
            if (!values.chance(3)) {
                continue;
            }
            String name = parameter.get("name").stringValue();
            JsonNode value = values.valid(name, parameter.get("schema"));
            String text = spoil && values.chance(3) ? values.odd() : text(value.isArray() ? value.path(0) : value);
            query.add(name + "=" + encode(text));
            if (spoil && values.chance(8)) {
                query.add(name + "=" + encode(values.odd()));
            }
        }
        if (spoil && values.chance(10)) {
            query.add(
                    values.any(List.of("unknown=1", "%zz=1", "limit=%ff", "=", "limit", "cursor=%00", "a[]=1", "&&")));
        }
        return query.toString();
    }

    private byte[] body(Operation operation, boolean spoil, List<String> headers) {
        String type = operation.takes();
        if (type.isEmpty()) {
            if (spoil && values.chance(10)) {
                headers.add("Content-Type: " + values.any(TYPES));
                return "{}".getBytes(StandardCharsets.UTF_8);
            }
            return new byte[0];
        }
        if (!(spoil && values.chance(20))) {
            headers.add("Content-Type: " + (spoil && values.chance(10) ? values.any(TYPES) : type));
        }
        if (!type.equals("application/json")) {
            return file(spoil);
        }
        JsonNode json = values.valid("", operation.node().at("/requestBody/content/application~1json/schema"));
        if (spoil && values.chance(2)) {
            json = values.mutated(json);
        }
        String text = json.toString();
        if (spoil && values.chance(6)) {
            text = values.garbled(text);
        }
        if (spoil && values.chance(100)) {
            text = "{\"name\":\"" + "x".repeat(1024 * 1024) + "\"}";
        }
        byte[] bytes = text.getBytes(values.chance(60) ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8);
        if (spoil && bytes.length > 0 && values.chance(20)) {
            bytes[random.nextInt(bytes.length)] = (byte) 0xff;
        }
        return bytes;
    }

    private byte[] file(boolean spoil) {
        byte[] file = values.any(world.bundles()).clone();
        if (!spoil) {
            return file;
        }
        return switch (random.nextInt(4)) {
            case 0 -> new byte[0];
            case 1 -> java.util.Arrays.copyOf(file, random.nextInt(file.length));
            default -> {
                // The header above all: it is where the reader has most to decide.
                for (int i = 0; i < 3; i++) {
                    file[random.nextInt(Math.min(file.length, 600))] = (byte) random.nextInt();
                }
                yield file;
            }
        };
    }

    private void header(JsonNode parameter, boolean spoil, List<String> headers) {
        String name = parameter.get("name").stringValue();
        if (name.equals("Prefer")) {
            // A poll that hangs would only cost time.
            headers.add("Prefer: wait=1");
        } else if (name.equals("Range") && values.chance(2)) {
            headers.add("Range: " + values.any(RANGES));
        } else if (name.equals("Idempotency-Key") && values.chance(3)) {
            // Few enough to meet again.
            headers.add("Idempotency-Key: \"" + new UUID(7, random.nextInt(8)) + "\"");
        } else if (values.chance(4)) {
            String value = spoil ? values.odd() : text(values.valid(name, parameter.get("schema")));
            headers.add(name + ": " + value.replaceAll("[\\r\\n\\u0100-\\uffff]", ""));
        }
    }

    private static String text(JsonNode value) {
        return value.isString() ? value.stringValue() : value.toString();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
