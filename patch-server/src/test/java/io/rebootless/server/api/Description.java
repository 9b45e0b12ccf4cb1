package io.rebootless.server.api;

import io.rebootless.server.access.AccessTable;
import io.rebootless.server.problem.Answers;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes docs/openapi.json of what springdoc has read from Spring MVC's mappings and Java's types: adds what only we know
 * (who may, which problems, limits, words), and what is no controller, and puts all in an order that never changes.
 */
final class Description {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final Set<String> METHODS = Set.of("get", "head", "post", "put", "delete", "patch");

    private final SourceFacts facts;
    private final Map<String, HandlerMethod> handlers = new TreeMap<>();

    Description(SourceFacts facts, RequestMappingHandlerMapping mappings) {
        this.facts = facts;
        mappings.getHandlerMethods()
                .forEach((mapping, handler) -> mapping.getPatternValues()
                        .forEach(path -> mapping.getMethodsCondition()
                                .getMethods()
                                .forEach(method -> handlers.put(method + " " + path, handler))));
    }

    String of(ObjectNode springdoc) {
        var schemas = (ObjectNode) springdoc.at("/components/schemas");
        var paths = JSON.createObjectNode();
        for (var path : springdoc.get("paths").properties()) {
            if (path.getKey().startsWith("/api/")) {
                paths.set(path.getKey(), path.getValue());
            }
        }
        OutsideMvc.add(paths, schemas);
        for (var path : paths.properties()) {
            for (var method : path.getValue().properties()) {
                if (METHODS.contains(method.getKey())) {
                    operation(method.getKey().toUpperCase(java.util.Locale.ROOT), path.getKey(), (ObjectNode)
                            method.getValue());
                }
            }
        }
        var document = JSON.createObjectNode();
        document.put("openapi", "3.1.0");
        var info = document.putObject("info");
        info.put("title", "Rebootless patch server");
        info.put(
                "description",
                "How to use it: docs/api.md. Errors are problems (RFC 9457), all of which docs/problems.md lists."
                        + " Every path but /healthz stands under /api/v1, which grows but does not change.");
        info.put("version", "1");
        info.putObject("license").put("name", "Apache-2.0").put("identifier", "Apache-2.0");
        document.set("paths", sorted(paths));
        var components = document.putObject("components");
        components.set("schemas", sorted(new Schemas(facts).named(schemas)));
        components
                .putObject("securitySchemes")
                .putObject("key")
                .put("type", "http")
                .put("scheme", "bearer")
                .put("description", "An API key (`rlak_…`), or a host's token (`rlht_…`).");
        return Schemas.shortNames(JSON.writeValueAsString(document), schemas) + "\n";
    }

    private void operation(String method, String path, ObjectNode operation) {
        HandlerMethod handler = handlers.get(method + " " + path);
        var roles = AccessTable.roles(method, path);
        operation.put("operationId", operationId(method, path));
        operation.putArray("tags").add(tag(path));
        if (handler != null) {
            String type = handler.getBeanType().getCanonicalName();
            facts.method(type, handler.getMethod().getName()).ifPresent(words -> summary(operation, words));
        }
        // The directive is answered ahead of the rules: hosts' tokens only.
        var allowed = path.equals(OutsideMvc.DIRECTIVE) ? java.util.List.of("host") : roles;
        ArrayNode xRoles = operation.putArray("x-roles");
        allowed.forEach(xRoles::add);
        ArrayNode security = operation.putArray("security");
        if (!allowed.isEmpty()) {
            security.addObject().putArray("key");
        }
        Parameters.describe(operation, method, path, handler, facts);
        Answers answers = handler == null ? null : handler.getMethodAnnotation(Answers.class);
        Responses.describe(operation, method, path, handler, answers, !allowed.isEmpty());
    }

    private static void summary(ObjectNode operation, String words) {
        int end = words.indexOf(". ");
        operation.put("summary", (end < 0 ? words : words.substring(0, end)).replaceAll("\\.$", ""));
        if (end >= 0) {
            operation.put("description", words);
        }
    }

    private static String tag(String path) {
        return path.replaceFirst("^/api/v1", "").split("/", -1)[1];
    }

    /** {@code GET /api/v1/hosts/{id}/history} is {@code getHostsByIdHistory}. */
    private static String operationId(String method, String path) {
        var id = new StringBuilder(method.toLowerCase(java.util.Locale.ROOT));
        for (String part : path.replaceFirst("^/api/v1", "").split("[/-]", -1)) {
            String word = part.startsWith("{") ? "By" + capital(part.substring(1, part.length() - 1)) : capital(part);
            id.append(word);
        }
        return id.toString();
    }

    private static String capital(String word) {
        return word.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1);
    }

    private static JsonNode sorted(JsonNode node) {
        if (node instanceof ObjectNode object) {
            var sorted = JSON.createObjectNode();
            object.properties().stream()
                    .sorted(Map.Entry.comparingByKey(Comparator.naturalOrder()))
                    .forEach(entry -> sorted.set(entry.getKey(), sorted(entry.getValue())));
            return sorted;
        }
        if (node instanceof ArrayNode array) {
            var sorted = JSON.createArrayNode();
            array.forEach(element -> sorted.add(sorted(element)));
            return sorted;
        }
        return node;
    }
}
