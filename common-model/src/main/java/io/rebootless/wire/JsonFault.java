package io.rebootless.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.lang.reflect.Field;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Says what is wrong with JSON that somebody has written, in one sentence, without the names of Java types. */
public final class JsonFault {
    /** What is written where a record has such a field. */
    private static final Map<Class<?>, String> EXPECTED = Map.of(
            Duration.class, "a duration such as \"PT10M\"",
            Instant.class, "a moment such as \"2026-12-01T02:00:00Z\"",
            UUID.class, "an id such as \"6e5e3f3c-1a2b-4c3d-8e9f-0a1b2c3d4e5f\"",
            Amount.class, "a count such as \"3\" or a share such as \"2.5%\", as text",
            String.class, "text");

    private JsonFault() {}

    /** The sentence, with its full stop. */
    public static String describe(JacksonException fault) {
        String field = field(fault);
        Throwable cause = fault.getCause();
        if (cause instanceof NullPointerException missing) {
            return missing(missing, field);
        }
        if (cause instanceof IllegalArgumentException && cause.getMessage() != null) {
            return cause.getMessage() + at(field) + ".";
        }
        if (!(fault instanceof DatabindException)) {
            return "This is not well-formed JSON%s.".formatted(place(fault));
        }
        if (fault instanceof UnrecognizedPropertyException unknown) {
            return "%s is not known; known are %s."
                    .formatted(
                            field.matches("[A-Za-z0-9_.-]{1,100}") ? "The field " + field : "A field of this name",
                            unknown.getKnownPropertyIds().stream()
                                    .map(Object::toString)
                                    .sorted()
                                    .collect(Collectors.joining(", ")));
        }
        return field.isEmpty()
                ? "This is not one JSON object of the form expected."
                : "The field %s is missing or of the wrong type%s.".formatted(field, expected(fault));
    }

    /** Records say by {@link java.util.Objects#requireNonNull(Object, String)} what they lack. */
    private static String missing(NullPointerException cause, String field) {
        String name = cause.getMessage();
        return name != null && name.matches("[A-Za-z.]{1,100}")
                ? "The field %s is missing%s.".formatted(name, at(field))
                : "A required field is missing%s.".formatted(at(field));
    }

    private static String expected(JacksonException fault) {
        Class<?> type = fault instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : null;
        if (type == null) {
            return "";
        }
        if (type.isEnum()) {
            return ": one of "
                    + Arrays.stream(type.getFields())
                            .filter(Field::isEnumConstant)
                            .map(JsonFault::word)
                            .collect(Collectors.joining(", "));
        }
        String expected = EXPECTED.get(type);
        return expected == null ? "" : ": %s expected".formatted(expected);
    }

    /** A value as it is written. */
    private static String word(Field constant) {
        var property = constant.getAnnotation(JsonProperty.class);
        return property == null ? constant.getName() : property.value();
    }

    /** Where; the parser's own words are about its classes and settings. */
    private static String place(JacksonException fault) {
        var location = fault.getLocation();
        return location == null || location.getLineNr() < 1
                ? ""
                : " (line %d, column %d)".formatted(location.getLineNr(), location.getColumnNr());
    }

    private static String at(String field) {
        return field.isEmpty() ? "" : " (at %s)".formatted(field);
    }

    private static String field(JacksonException fault) {
        var path = new StringBuilder();
        for (var reference : fault.getPath()) {
            String name = reference.getPropertyName();
            path.append(path.isEmpty() ? "" : ".").append(name == null ? reference.getIndex() : name);
        }
        return path.toString();
    }
}
