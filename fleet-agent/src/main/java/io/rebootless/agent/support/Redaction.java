package io.rebootless.agent.support;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes secrets out of a text: those that are known, and whatever looks like one. Taking out too much is a nuisance,
 * too little is not to be mended.
 */
final class Redaction {
    static final String GONE = "(removed)";

    /** A shorter one would take out half of the text with it, and is found by its name if at all. */
    private static final int SHORTEST = 4;

    private static final List<Pattern> LOOKS = List.of(
            Pattern.compile("()-----BEGIN [A-Z ]*PRIVATE KEY-----[\\s\\S]*?(?:-----END [A-Z ]*-----|$)"),
            // the end of one whose beginning was cut off
            Pattern.compile("()\\A[\\s\\S]*?-----END [A-Z ]*PRIVATE KEY-----"),
            // enrolment keys, hosts' tokens, API keys
            Pattern.compile("(rl[a-z]{2}_)[A-Za-z0-9_\\-+/=.]+"),
            // user and password in an address
            Pattern.compile("(://)[^\\s\"'<>]*(?=@)"),
            Pattern.compile("(?i)(authorization[\"']?\\s*[:=]\\s*(?:basic|bearer|digest|negotiate)?\\s*)[^\\s\"']+"),
            Pattern.compile(
                    "(?im)([\\w.\\-]*(?:passw|secret|credential|token)[\\w.\\-]*[\"']?[ \\t]*[=:][ \\t]*)[^\\n]+"));

    private final List<String> known;

    /** {@code secrets} are those of this host. */
    Redaction(Set<String> secrets) {
        // The longest first: one may be a part of another.
        this.known = secrets.stream()
                .filter(secret -> secret.length() >= SHORTEST)
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    String apply(String text) {
        String clean = text;
        for (String secret : known) {
            clean = clean.replace(secret, GONE);
        }
        for (Pattern look : LOOKS) {
            clean = look.matcher(clean).replaceAll(match -> Matcher.quoteReplacement(match.group(1) + GONE));
        }
        return clean;
    }
}
