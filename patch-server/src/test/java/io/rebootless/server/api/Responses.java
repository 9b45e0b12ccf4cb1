package io.rebootless.server.api;

import io.rebootless.server.problem.Answers;
import io.rebootless.server.problem.KnownProblems;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.method.HandlerMethod;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The answers of one operation: its successes, and every problem that it may end with. */
final class Responses {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Set<Integer> WITHOUT_BODY = Set.of(204, 304);
    private static final Map<String, KnownProblems.Kind> PROBLEMS = KnownProblems.byName();

    private Responses() {}

    static void describe(
            ObjectNode operation,
            String method,
            String path,
            @Nullable HandlerMethod handler,
            @Nullable Answers answers,
            boolean keyed) {
        JsonNode content = content(operation, method, handler, answers);
        boolean idempotent = Parameters.idempotent(operation, method, path);
        var headers = new TreeSet<String>();
        if (answers != null) {
            headers.addAll(List.of(answers.gives()));
        }
        operation.path("x-gives").forEach(name -> headers.add(name.stringValue()));
        if (idempotent) {
            headers.add("Idempotency-Replayed");
        }
        var responses = JSON.createObjectNode();
        for (int status : successes(operation, handler, answers)) {
            var response = responses.putObject(String.valueOf(status));
            response.put("description", HttpStatus.valueOf(status).getReasonPhrase());
            headers(response, headers);
            if (!WITHOUT_BODY.contains(status) && !content.isEmpty()) {
                response.set("content", content);
            }
        }
        problems(operation, path, answers, keyed, idempotent)
                .forEach((status, names) -> responses.set(status.toString(), problem(status, names)));
        if (operation.has("x-down")) {
            responses
                    .putObject("503")
                    .put("description", "It cannot, or not yet.")
                    .set("content", content);
        }
        List.of("x-gives", "x-statuses", "x-down").forEach(operation::remove);
        operation.set("responses", responses);
    }

    /** What a success holds: springdoc's finding, under its media type. */
    private static JsonNode content(
            ObjectNode operation, String method, @Nullable HandlerMethod handler, @Nullable Answers answers) {
        var content = JSON.createObjectNode();
        if (method.equals("HEAD")) {
            return content;
        }
        if (answers != null && !answers.media().isEmpty()) {
            content.putObject(answers.media())
                    .putObject("schema")
                    .put("type", "string")
                    .put("format", "binary");
            return content;
        }
        for (JsonNode response : operation.get("responses")) {
            for (var media : response.path("content").properties()) {
                boolean any = media.getKey().equals("*/*");
                content.set(any ? MediaType.APPLICATION_JSON_VALUE : media.getKey(), media.getValue());
            }
        }
        if (handler != null && content.isEmpty()) {
            // Written by hand: the mapping says of which type.
            for (String media : Parameters.mapping(handler).produces()) {
                if (List.of(handler.getMethod().getParameterTypes()).contains(HttpServletResponse.class)) {
                    content.putObject(media).putObject("schema").put("type", "string");
                }
            }
        }
        if (handler != null && handler.getMethod().getReturnType() == byte[].class) {
            // JSON that somebody else wrote, and is passed on as it is.
            content.properties()
                    .forEach(media ->
                            ((ObjectNode) media.getValue()).putObject("schema").put("type", "object"));
        }
        return content;
    }

    private static List<Integer> successes(
            ObjectNode operation, @Nullable HandlerMethod handler, @Nullable Answers answers) {
        if (operation.has("x-statuses")) {
            return operation
                    .get("x-statuses")
                    .valueStream()
                    .map(JsonNode::intValue)
                    .toList();
        }
        if (answers != null && answers.value().length > 0) {
            return Arrays.stream(answers.value()).sorted().boxed().toList();
        }
        var declared = handler == null ? null : handler.getMethodAnnotation(ResponseStatus.class);
        return List.of(declared == null ? 200 : declared.code().value());
    }

    private static Map<Integer, Set<String>> problems(
            ObjectNode operation, String path, @Nullable Answers answers, boolean keyed, boolean idempotent) {
        var names = new TreeSet<String>();
        if (operation.has("x-down")) {
            names.addAll(List.of("bad-request"));
        } else {
            names.addAll(List.of("bad-request", "internal-error", "storage-unavailable"));
        }
        // Whatever is asked: the token of a host that has left is told so.
        names.add("host-retired");
        // Asked of every request, before anybody looks into it.
        names.addAll(List.of("too-many-failures", "uri-too-long", "bad-parameter", "not-acceptable"));
        if (keyed) {
            names.addAll(List.of("unauthenticated", "forbidden", "host-cloned"));
        }
        if (path.contains("{")) {
            names.add("not-found");
        }
        if (operation.has("requestBody")) {
            names.addAll(List.of("too-large", "too-many-bodies", "too-slow", "unsupported-media-type"));
        }
        if (idempotent) {
            names.addAll(List.of("idempotency-key-in-use", "idempotency-key-reused", "too-large"));
        }
        if (answers != null) {
            Arrays.stream(answers.problems()).map(KnownProblems::name).forEach(names::add);
            if (answers.refusals()) {
                KnownProblems.refusals().forEach(refusal -> names.add(refusal.name()));
            }
        }
        var byStatus = new TreeMap<Integer, Set<String>>();
        for (String name : names) {
            for (int status : PROBLEMS.get(name).statuses()) {
                byStatus.computeIfAbsent(status, key -> new TreeSet<>()).add(name);
            }
        }
        return byStatus;
    }

    private static ObjectNode problem(int status, Set<String> names) {
        var response = JSON.createObjectNode();
        response.put("description", names.stream().map(name -> "`" + name + "`").collect(Collectors.joining(", ")));
        var headers = new TreeSet<String>();
        switch (status) {
            case 401 -> headers.add("WWW-Authenticate");
            case 409, 429, 503 -> headers.add("Retry-After");
            default -> {}
        }
        headers(response, headers);
        response.putObject("content")
                .putObject(MediaType.APPLICATION_PROBLEM_JSON_VALUE)
                .putObject("schema")
                .put("$ref", "#/components/schemas/io.rebootless.wire.Problem");
        return response;
    }

    private static void headers(ObjectNode response, Set<String> names) {
        if (names.isEmpty()) {
            return;
        }
        var headers = response.putObject("headers");
        for (String name : names) {
            var word = Vocabulary.HEADERS.get(name);
            headers.putObject(name).put("description", word.meaning()).set("schema", word.schemaNode());
        }
    }
}
