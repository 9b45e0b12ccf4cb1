package io.rebootless.bundle;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A vulnerability that a bundle fixes.
 *
 * @param id {@code CVE-YYYY-N…}
 * @param severity the publisher's rating
 */
public record Cve(String id, Severity severity) {
    private static final Pattern ID = Pattern.compile("CVE-[0-9]{4}-[0-9]{4,19}");

    public Cve {
        if (!isId(id)) {
            throw new IllegalArgumentException("a CVE is written CVE-YYYY-NNNN (4 to 19 digits), not \"" + id + "\"");
        }
    }

    public static boolean isId(String id) {
        return ID.matcher(id).matches();
    }

    /** Ratings as CVSS v3.1 names them, section 5, and {@code unknown} for one that nobody has rated. */
    public enum Severity {
        NONE,
        LOW,
        MEDIUM,
        HIGH,
        CRITICAL,
        UNKNOWN;

        @JsonCreator
        public static Severity of(String word) {
            for (Severity severity : values()) {
                if (severity.word().equals(word)) {
                    return severity;
                }
            }
            throw new IllegalArgumentException("one of none, low, medium, high, critical, unknown");
        }

        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
