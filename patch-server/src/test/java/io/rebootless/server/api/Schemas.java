package io.rebootless.server.api;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.BuildId;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The records on the wire: springdoc knows their fields; which of them are required, their limits and meaning are added. */
final class Schemas {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String REFERENCE = "#/components/schemas/";
    private static final String PAGE = "io.rebootless.wire.PageIo.";

    private final SourceFacts facts;

    Schemas(SourceFacts facts) {
        this.facts = facts;
    }

    /** The same schemas, completed, under short names. */
    ObjectNode named(ObjectNode schemas) {
        var named = JSON.createObjectNode();
        for (var schema : schemas.properties()) {
            String name = schema.getKey();
            if (!name.startsWith(PAGE)) {
                complete(name, (ObjectNode) schema.getValue());
            }
            if (named.has(shortName(name))) {
                throw new AssertionError("two schemas would be called " + shortName(name));
            }
            named.set(shortName(name), schema.getValue());
        }
        return named;
    }

    /** A document in which every reference is to a short name. */
    static String shortNames(String document, ObjectNode schemas) {
        String result = document;
        for (var schema : schemas.properties()) {
            String name = schema.getKey();
            result = result.replace(REFERENCE + name + "\"", REFERENCE + shortName(name) + "\"");
        }
        return result;
    }

    /** {@code io.rebootless.server.access.ApiKeyController.View} is {@code ApiKeyView}. */
    private static String shortName(String name) {
        if (name.startsWith(PAGE)) {
            return "PageOf" + shortName("io." + name.substring(PAGE.length()));
        }
        return Arrays.stream(name.split("\\."))
                .filter(part -> Character.isUpperCase(part.charAt(0)))
                .map(part -> part.replaceAll("Controller$", ""))
                .collect(Collectors.joining());
    }

    private void complete(String name, ObjectNode schema) {
        Class<?> type = type(name);
        facts.type(name).ifPresent(words -> schema.put("description", words));
        if (!type.isRecord()) {
            return;
        }
        Map<String, RecordComponent> components = Arrays.stream(type.getRecordComponents())
                .collect(Collectors.toMap(RecordComponent::getName, Function.identity(), (a, b) -> a, TreeMap::new));
        var required = JSON.createArrayNode();
        for (var property : schema.path("properties").properties()) {
            RecordComponent component = components.get(property.getKey());
            if (component == null) {
                continue;
            }
            if (!component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                required.add(property.getKey());
            }
            property(name, component, (ObjectNode) property.getValue());
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
    }

    private void property(String owner, RecordComponent component, ObjectNode schema) {
        facts.parameter(owner, component.getName()).ifPresent(words -> schema.put("description", words));
        facts.limits(owner, component.getName()).forEach((word, value) -> schema.put(word, (long) value));
        if (component.getType() == Sha256.class) {
            schema.put("pattern", "^[0-9a-f]{64}$");
        } else if (component.getType() == BuildId.class) {
            schema.put("pattern", "^(?:[0-9a-f]{2}){%d,%d}$".formatted(BuildId.MIN_BYTES, BuildId.MAX_BYTES));
        }
    }

    /** The class of a name in which nested ones are behind a dot. */
    static Class<?> type(String canonical) {
        String name = canonical;
        while (true) {
            try {
                return Class.forName(name);
            } catch (ClassNotFoundException e) {
                int dot = name.lastIndexOf('.');
                if (dot < 0) {
                    throw new AssertionError("no class is behind the schema " + canonical, e);
                }
                name = name.substring(0, dot) + "$" + name.substring(dot + 1);
            }
        }
    }
}
