package io.rebootless.server.log;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text without the keys and tokens that a client has put where none belongs, however often it has escaped them. */
public final class Masked {
    private static final Pattern SECRET = Pattern.compile("(rl(?:ak|ek|ht)_)[A-Za-z0-9_-]+", Pattern.CASE_INSENSITIVE);

    private Masked() {}

    /** The text as it is if there is no secret in it; else decoded, and without the secrets. */
    public static String secrets(String text) {
        Matcher secret = SECRET.matcher(decoded(text));
        return secret.find() ? secret.replaceAll("$1*") : text;
    }

    /**
     * What is left when no percent escape is: however often they were escaped. What is none stays as it is. In one pass,
     * whatever a client has written: what an escape stands for may complete the one before it.
     */
    static String decoded(String text) {
        var plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            plain.append(text.charAt(i));
            for (int end = plain.length(); escaped(plain, end); end = plain.length()) {
                int high = Character.digit(plain.charAt(end - 2), 16);
                int low = Character.digit(plain.charAt(end - 1), 16);
                plain.setLength(end - 3);
                plain.append((char) (high << 4 | low));
            }
        }
        return plain.toString();
    }

    private static boolean escaped(CharSequence text, int end) {
        return end >= 3
                && text.charAt(end - 3) == '%'
                && Character.digit(text.charAt(end - 2), 16) >= 0
                && Character.digit(text.charAt(end - 1), 16) >= 0;
    }
}
