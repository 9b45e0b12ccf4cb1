package io.rebootless.server.problem;

import io.rebootless.wire.Page;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Lists in parts: a cursor names the last entry of the part before, so that nothing is skipped or shown twice. */
public final class Paging {
    public static final String DEFAULT_LIMIT = "100";
    private static final int MAX_LIMIT = 1000;
    private static final Pattern GIVEN = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    private Paging() {}

    public static void checkLimit(int limit) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw ProblemType.BAD_PARAMETER.because(
                    "limit is out of range.",
                    "1 to " + MAX_LIMIT,
                    Integer.toString(limit),
                    "Ask for 1 to %d entries at a time.".formatted(MAX_LIMIT));
        }
    }

    /**
     * Cuts a page.
     *
     * @param found up to one more than {@code limit}
     * @param cursor names an entry
     */
    public static <R, T> Page<T> page(List<R> found, int limit, Function<R, T> view, Function<R, String> cursor) {
        var shown = found.subList(0, Math.min(limit, found.size()));
        String next = found.size() > limit ? cursor.apply(shown.get(limit - 1)) : null;
        return new Page<>(shown.stream().map(view).toList(), next);
    }

    public static String cursor(String position) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(position.getBytes(StandardCharsets.UTF_8));
    }

    /** What {@link #cursor} was given. */
    public static String position(String cursor) {
        try {
            return clean("cursor", new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw badCursor();
        }
    }

    public static long number(String cursor) {
        try {
            return Long.parseLong(position(cursor));
        } catch (NumberFormatException e) {
            throw badCursor();
        }
    }

    public static ProblemException badCursor() {
        return ProblemType.BAD_PARAMETER.because(
                "cursor is not one that this server has given out.",
                "Leave it out to start from the beginning, or give the last answer's next back unchanged.");
    }

    /** A filter's value, unless it has control characters: PostgreSQL refuses some of them, and no name has any. */
    public static String clean(String parameter, String value) {
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw ProblemType.BAD_PARAMETER.because(parameter + " has control characters.");
        }
        return value;
    }

    /**
     * A name that people give to what they make, in a path: 1 to 63 of a-z 0-9 -.
     *
     * @param remedy with an example
     */
    public static String given(String name, String remedy) {
        if (!GIVEN.matcher(name).matches()) {
            throw bad("name", name, "1 to 63 of a-z 0-9 -", remedy);
        }
        return name;
    }

    /** That a parameter cannot be what it is. */
    public static ProblemException bad(String parameter, String value, String expected, String remedy) {
        String shown = brief(value);
        return ProblemType.BAD_PARAMETER.because("%s is \"%s\".".formatted(parameter, shown), expected, shown, remedy);
    }

    /** A value of the client's, short enough for an answer and without what no name has. */
    public static String brief(String value) {
        String text = value.length() > 64 ? value.substring(0, 64) + "…" : value;
        return text.codePoints()
                .map(c -> Character.isISOControl(c) ? '\ufffd' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
