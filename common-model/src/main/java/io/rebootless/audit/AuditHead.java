package io.rebootless.audit;

import io.rebootless.bundle.Sha256;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The end of the audit log at some moment: kept elsewhere, it proves every entry up to there.
 *
 * @param sequence of the last entry; 0 for an empty log
 * @param hash of the last entry
 */
public record AuditHead(long sequence, Sha256 hash) {
    /** The empty log's. */
    public static final AuditHead EMPTY = new AuditHead(0, new Sha256("0".repeat(64)));

    private static final Pattern FORM = Pattern.compile("([0-9]{1,18}):([0-9a-f]{64})");

    public AuditHead {
        if (sequence < 0) {
            throw new IllegalArgumentException("sequence: from 0");
        }
        Objects.requireNonNull(hash, "hash");
    }

    /**
     * Reads {@code SEQUENCE:HASH}.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static AuditHead parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("SEQUENCE:HASH expected, a number and 64 lower-case hexadecimal digits");
        }
        return new AuditHead(Long.parseLong(form.group(1)), new Sha256(form.group(2)));
    }

    /**
     * The heads that stand alone on a line of a text, and those that a server says in its log, whichever of its forms that
     * has, and whether or not a journal was in between. What others have had written into a log counts for nothing.
     */
    public static Stream<AuditHead> in(String text) {
        return HeadLines.in(text);
    }

    /** {@code SEQUENCE:HASH}. */
    @Override
    public String toString() {
        return sequence + ":" + hash;
    }
}
