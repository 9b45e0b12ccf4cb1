package io.rebootless.server.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What docs/openapi.json promises. */
final class Surface {
    private final JsonNode document;

    Surface(String json) {
        document = JsonMapper.shared().readTree(json);
    }

    /** One operation. */
    record Operation(String method, String path, JsonNode node) {
        Set<Integer> statuses() {
            return node.get("responses").propertyNames().stream()
                    .map(Integer::valueOf)
                    .collect(Collectors.toSet());
        }

        List<JsonNode> parameters(String in) {
            return node.path("parameters")
                    .valueStream()
                    .filter(parameter -> parameter.get("in").stringValue().equals(in))
                    .toList();
        }

        /** The body's media type, or empty. */
        String takes() {
            return node.at("/requestBody/content").propertyNames().stream()
                    .findFirst()
                    .orElse("");
        }
    }

    List<Operation> operations() {
        var operations = new ArrayList<Operation>();
        for (var path : document.get("paths").properties()) {
            for (var method : path.getValue().properties()) {
                operations.add(
                        new Operation(method.getKey().toUpperCase(Locale.ROOT), path.getKey(), method.getValue()));
            }
        }
        return operations;
    }

    /** The schema itself, where there is a reference to one. */
    JsonNode resolve(JsonNode schema) {
        return schema.has("$ref") ? document.at(schema.get("$ref").stringValue().substring(1)) : schema;
    }
}
