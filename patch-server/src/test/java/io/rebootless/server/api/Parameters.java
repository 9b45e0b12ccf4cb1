package io.rebootless.server.api;

import io.rebootless.server.problem.Answers;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.method.HandlerMethod;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The parameters, headers and body of one operation. */
final class Parameters {
    private Parameters() {}

    static void describe(
            ObjectNode operation, String method, String path, @Nullable HandlerMethod handler, SourceFacts facts) {
        var parameters = operation.withArray("parameters");
        for (JsonNode node : parameters) {
            var parameter = (ObjectNode) node;
            String name = parameter.get("name").stringValue();
            if (parameter.at("/schema/default").asString("x").isEmpty()) {
                ((ObjectNode) parameter.get("schema")).remove("default");
            }
            var word = Vocabulary.PARAMETERS.get(name);
            if (word != null) {
                parameter.put("description", word.meaning());
                parameter.set("schema", word.schemaNode());
                parameter.remove("explode");
                parameter.remove("style");
            }
            if (handler != null) {
                String owner = handler.getBeanType().getCanonicalName() + "#"
                        + handler.getMethod().getName();
                facts.parameter(owner, name).ifPresent(words -> parameter.put("description", words));
            }
        }
        if (handler != null && takesFile(handler)) {
            operation
                    .putObject("requestBody")
                    .put("required", true)
                    .putObject("content")
                    .putObject(MediaType.APPLICATION_OCTET_STREAM_VALUE)
                    .putObject("schema")
                    .put("type", "string")
                    .put("format", "binary");
        }
        var headers = new ArrayList<String>();
        Answers answers = handler == null ? null : handler.getMethodAnnotation(Answers.class);
        if (answers != null) {
            headers.addAll(List.of(answers.takes()));
        }
        operation.path("x-takes").forEach(name -> headers.add(name.stringValue()));
        operation.remove("x-takes");
        if (idempotent(operation, method, path)) {
            headers.add("Idempotency-Key");
        }
        for (String header : headers) {
            var word = Vocabulary.HEADERS.get(header);
            parameters
                    .addObject()
                    .put("in", "header")
                    .put("name", header)
                    .put("required", false)
                    .put("description", word.meaning())
                    .set("schema", word.schemaNode());
        }
        if (parameters.isEmpty()) {
            operation.remove("parameters");
        }
    }

    /** Whether the server takes an Idempotency-Key: with every POST but that of a file, and but the authority's steps. */
    static boolean idempotent(ObjectNode operation, String method, String path) {
        return method.equals("POST")
                && !path.startsWith("/api/v1/tls/")
                && !operation.path("requestBody").path("content").has(MediaType.APPLICATION_OCTET_STREAM_VALUE);
    }

    private static boolean takesFile(HandlerMethod handler) {
        return List.of(mapping(handler).consumes()).contains(MediaType.APPLICATION_OCTET_STREAM_VALUE);
    }

    static RequestMapping mapping(HandlerMethod handler) {
        var mapping = AnnotatedElementUtils.findMergedAnnotation(handler.getMethod(), RequestMapping.class);
        return Objects.requireNonNull(mapping, "a controller's method has a mapping");
    }
}
