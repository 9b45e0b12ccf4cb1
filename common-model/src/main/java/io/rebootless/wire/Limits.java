package io.rebootless.wire;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The limits that every wire record holds to when it is made, whoever made it. */
public final class Limits {
    /** What is shaped as one of our keys or tokens, whole or not. */
    private static final Pattern SECRET = Pattern.compile("(?:%s|%s|%s)[A-Za-z0-9_-]{16}"
            .formatted(
                    AgentProtocol.API_KEY_PREFIX,
                    AgentProtocol.ENROLLMENT_KEY_PREFIX,
                    AgentProtocol.HOST_TOKEN_PREFIX));

    private static final Pattern LABEL = Pattern.compile("[a-z0-9][a-z0-9._/-]{0,62}");
    static final int MAX_LABELS = 64;
    static final int MAX_LABEL_VALUE = 255;

    /** How facts, which a host says of itself, are told from labels, which people give it. */
    public static final String FACT = "fact.";

    /** No moment that people give is later: databases and terminals have four digits for a year. */
    static final Instant LATEST = Instant.parse("9999-01-01T00:00:00Z");

    private Limits() {}

    /** Text without control characters: databases and terminals choke on them, and a line's end forges another line. */
    static String text(String field, String value, int max) {
        if (lines(field, value, max).chars().anyMatch(Limits::breaksLine)) {
            throw new IllegalArgumentException("%s: one line expected".formatted(field));
        }
        return value;
    }

    /** Whether {@link #text} takes it. */
    static boolean isText(String value, int max) {
        try {
            text("value", value, max);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** A name, which is shown, logged and kept: one line, and no key or token that somebody has pasted by mistake. */
    public static String name(String field, String value, int max) {
        return withoutSecret(field, text(field, value, max));
    }

    /** Somebody's reason, the same of several lines. */
    static String reason(String field, String value, int max) {
        return withoutSecret(field, lines(field, value, max));
    }

    /** Answers the value; a refusal does not repeat it. */
    static String withoutSecret(String field, String value) {
        if (holdsSecret(value)) {
            throw new IllegalArgumentException(
                    "%s: what looks like a key or token is not to be in it".formatted(field));
        }
        return value;
    }

    /** Whether something is in it that is shaped as one of our keys or tokens. */
    public static boolean holdsSecret(String value) {
        return SECRET.matcher(value).find();
    }

    static void optionalText(String field, @Nullable String value, int max) {
        if (value != null) {
            text(field, value, max);
        }
    }

    /** The same of several lines, for what is never shown beside the words of others. */
    static String lines(String field, String value, int max) {
        Objects.requireNonNull(value, field);
        if (value.isBlank() || value.length() > max || !value.codePoints().noneMatch(Limits::unprintable)) {
            throw new IllegalArgumentException("%s: 1 to %d printable characters expected".formatted(field, max));
        }
        return value;
    }

    static void optionalLines(String field, @Nullable String value, int max) {
        if (value != null) {
            lines(field, value, max);
        }
    }

    /** A text's lines as one. */
    static String oneLine(String field, String text) {
        Objects.requireNonNull(text, field);
        return text.replace('\n', ' ').replace('\t', ' ');
    }

    static Map<String, String> labels(@Nullable Map<String, String> labels) {
        return named("labels", labels, MAX_LABELS);
    }

    static Map<String, String> facts(@Nullable Map<String, String> facts) {
        return named("facts", facts, AgentReport.MAX_FACTS);
    }

    /** Whether it has the form of a label's key, or of a fact's name after {@value #FACT}. */
    public static boolean isKey(String text) {
        return LABEL.matcher(text).matches();
    }

    private static Map<String, String> named(String field, @Nullable Map<String, String> values, int max) {
        if (values == null) {
            return Map.of();
        }
        if (values.size() > max) {
            throw new IllegalArgumentException("%s: at most %d".formatted(field, max));
        }
        values.forEach((key, value) -> {
            if (!isKey(key)) {
                throw new IllegalArgumentException(
                        "%s: a key is 1 to 63 of a-z 0-9 . _ / -, starting with a letter or digit".formatted(field));
            }
            text(field + "." + key, value, MAX_LABEL_VALUE);
        });
        return new TreeMap<>(values);
    }

    /** Labels that people give: none that looks like a fact, which a host says of itself, or holds a secret. */
    static Map<String, String> newLabels(@Nullable Map<String, String> labels) {
        var given = labels(labels);
        given.forEach((key, value) -> {
            if (key.startsWith(FACT)) {
                throw new IllegalArgumentException(
                        "labels: a key does not begin with fact., by which queries name what hosts say of themselves");
            }
            withoutSecret("labels", key);
            withoutSecret("labels." + key, value);
        });
        return given;
    }

    static <T> List<T> list(String field, @Nullable List<T> list, int max) {
        if (list == null) {
            return List.of();
        }
        if (list.size() > max) {
            throw new IllegalArgumentException("%s: at most %d entries".formatted(field, max));
        }
        return List.copyOf(list);
    }

    static void range(String field, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException("%s: %d to %d expected, not %d".formatted(field, min, max, value));
        }
    }

    private static boolean unprintable(int c) {
        return (Character.isISOControl(c) && !breaksLine(c)) || (c >= 0xd800 && c <= 0xdfff);
    }

    private static boolean breaksLine(int c) {
        return c == '\n' || c == '\t';
    }
}
