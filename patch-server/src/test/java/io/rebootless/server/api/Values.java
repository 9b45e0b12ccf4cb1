package io.rebootless.server.api;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Values that a schema allows, and values that it does not. */
final class Values {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final List<String> PATTERNED =
            List.of("0".repeat(64), "CVE-2026-0001", "env=prod", "00112233445566778899", "abc", "1");
    private static final List<String> ODD = List.of(
            "",
            " ",
            "\u0000",
            "a\u0000b",
            "\r\n",
            "\u202e\ud83d\ude00ß",
            "\ud800",
            "'; DROP TABLE host; --",
            "../../etc/passwd",
            "%",
            "null",
            "-1",
            "9223372036854775808",
            "1e400",
            "NaN",
            "2026-02-30T25:00:00Z",
            "00000000-0000-0000-0000-000000000000",
            "x".repeat(300),
            "ü".repeat(5000));

    private final Surface surface;
    private final RandomGenerator random;
    /** Values that mean something to the server, by the name of the parameter or field. */
    private final Map<String, List<String>> known;

    Values(Surface surface, RandomGenerator random, Map<String, List<String>> known) {
        this.surface = surface;
        this.random = random;
        this.known = known;
    }

    boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    String odd() {
        return any(ODD);
    }

    JsonNode valid(String name, JsonNode given) {
        JsonNode schema = surface.resolve(given);
        if (known.containsKey(name) && !chance(4)) {
            return JSON.getNodeFactory().stringNode(any(known.get(name)));
        }
        if (schema.has("enum")) {
            return schema.get("enum").get(random.nextInt(schema.get("enum").size()));
        }
        return switch (schema.path("type").asString("string")) {
            case "object" -> object(schema);
            case "array" -> array(name, schema);
            case "integer", "number" -> JSON.getNodeFactory().numberNode(number(schema));
            case "boolean" -> JSON.getNodeFactory().booleanNode(random.nextBoolean());
            default -> JSON.getNodeFactory().stringNode(string(schema));
        };
    }

    private ObjectNode object(JsonNode schema) {
        var object = JSON.createObjectNode();
        var required =
                schema.path("required").valueStream().map(JsonNode::stringValue).toList();
        for (var property : schema.path("properties").properties()) {
            if (required.contains(property.getKey()) || random.nextBoolean()) {
                object.set(property.getKey(), valid(property.getKey(), property.getValue()));
            }
        }
        if (schema.has("additionalProperties")) {
            object.put("env", any(List.of("prod", "test")));
        }
        return object;
    }

    private ArrayNode array(String name, JsonNode schema) {
        var array = JSON.createArrayNode();
        for (int i = random.nextInt(3); i > 0; i--) {
            array.add(valid(name, schema.get("items")));
        }
        return array;
    }

    private long number(JsonNode schema) {
        long min = schema.path("minimum").asLong(0);
        long max = schema.path("maximum").asLong(1_000_000);
        return switch (random.nextInt(4)) {
            case 0 -> min;
            case 1 -> max;
            default -> min + random.nextLong(Math.max(1, Math.min(max - Math.max(min, 0), 1000)));
        };
    }

    private String string(JsonNode schema) {
        if (schema.has("pattern")) {
            String pattern = schema.get("pattern").stringValue();
            return PATTERNED.stream()
                    .filter(text -> text.matches(pattern))
                    .findFirst()
                    .orElse("x");
        }
        return switch (schema.path("format").asString("")) {
            case "uuid" -> new UUID(random.nextLong(), random.nextLong()).toString();
            case "duration" -> "PT%dM".formatted(random.nextInt(60));
            case "date-time" -> "2026-11-2%dT10:00:00Z".formatted(random.nextInt(10));
            default -> "fuzz-" + Integer.toHexString(random.nextInt());
        };
    }

    /** A value of any type but the right one, most of the time. */
    private JsonNode wrong() {
        var nodes = JSON.getNodeFactory();
        return switch (random.nextInt(9)) {
            case 0 -> nodes.nullNode();
            case 1 -> nodes.booleanNode(random.nextBoolean());
            case 2 -> nodes.numberNode(random.nextLong());
            case 3 -> nodes.numberNode(-1);
            case 4 -> nodes.numberNode(new java.math.BigDecimal("1e400"));
            case 5 -> nodes.arrayNode();
            case 6 -> nodes.objectNode().put("x", odd());
            default -> nodes.stringNode(odd());
        };
    }

    /** The same with one thing in it replaced or removed, at any depth. */
    JsonNode mutated(JsonNode node) {
        if (node.isEmpty() || chance(6)) {
            return wrong();
        }
        if (node instanceof ObjectNode object) {
            String name = any(List.copyOf(object.propertyNames()));
            if (chance(3)) {
                object.remove(name);
            } else {
                object.set(name, mutated(object.get(name)));
            }
        } else if (node instanceof ArrayNode array) {
            int index = random.nextInt(array.size());
            array.set(index, mutated(array.get(index)));
        }
        return node;
    }

    /** A JSON text that is wrong as a text. */
    String garbled(String json) {
        return switch (random.nextInt(8)) {
            case 0 -> "";
            case 1 -> json.substring(0, random.nextInt(json.length() + 1));
            case 2 -> json + json;
            case 3 -> "[".repeat(2000);
            case 4 -> "{\"a\":".repeat(500) + "1" + "}".repeat(500);
            case 5 -> json.replaceFirst("\\{", "{\"name\":1,\"name\":2,");
            case 6 -> "\ufeff" + json;
            default -> "[" + json + "]";
        };
    }
}
