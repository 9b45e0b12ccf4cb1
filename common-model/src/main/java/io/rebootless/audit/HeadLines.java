package io.rebootless.audit;

import io.rebootless.bundle.Sha256;
import io.rebootless.wire.WireJson;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finds heads in lines of text: those that stand alone, and those that a server says in its log. A log quotes what
 * strangers have sent, so that nothing is taken from the middle of a message, nor from a line that another has begun.
 */
final class HeadLines {
    private static final String HEAD = "([0-9]{1,18}):([0-9a-f]{64})";
    private static final Pattern ALONE = Pattern.compile(" *" + HEAD + "\\s*");
    private static final Pattern MESSAGE = Pattern.compile("audit log at " + HEAD);
    private static final String LOGGER = "io.rebootless.server.audit.AuditHeads";

    /** With what the server begins each of its lines; a journal or a container has written before it who says so. */
    private static final Pattern BEGINNING = Pattern.compile(
            "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}(?:Z|[+-][0-9]{2}:[0-9]{2})"
                    + " (TRACE|DEBUG|INFO|WARN|ERROR) +");

    private static final Pattern WORDS = Pattern.compile(MESSAGE + "  \\[AuditHeads\\]\\s*");
    /**
     * What the server writes before a line that is the further text of another, and no journal in its own words; as it is,
     * and as rsyslog escapes it: {@code #011}, or {@code \t} and {@code \011} if it is told to.
     */
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}|[#\\\\](?:0[0-3][0-7]|177)|\\\\[abtnvfre]");

    private static final JsonMapper JSON = WireJson.mapper();

    private HeadLines() {}

    static Stream<AuditHead> in(String text) {
        // Not at carriage returns, at which a log's lines do not end.
        return Stream.of(text.split("\n", -1)).flatMap(line -> head(line).stream());
    }

    private static Optional<AuditHead> head(String line) {
        var alone = ALONE.matcher(line);
        return alone.matches() ? Optional.of(of(alone)) : said(line, true);
    }

    /** {@code outer} unless it is the message of a journal's own entry. */
    private static Optional<AuditHead> said(String line, boolean outer) {
        var beginning = BEGINNING.matcher(line);
        int begins = beginning.find() ? beginning.start() : line.length();
        int brace = line.indexOf('{');
        boolean object = brace >= 0 && brace < begins;
        if (CONTROL.matcher(line.substring(0, object ? brace : begins)).find()) {
            return Optional.empty();
        }
        if (object) {
            return object(line.substring(brace), outer);
        }
        if (begins == line.length() || !beginning.group(1).equals("INFO")) {
            return Optional.empty();
        }
        var words = WORDS.matcher(line.substring(beginning.end()));
        return words.matches() ? Optional.of(of(words)) : Optional.empty();
    }

    /** As the server writes them (ECS, Logstash, GELF), or an entry of a journal that has a line of the server's in it. */
    private static Optional<AuditHead> object(String text, boolean outer) {
        JsonNode object;
        try {
            object = JSON.readTree(text);
        } catch (JacksonException e) {
            return Optional.empty();
        }
        String entry = object.path("MESSAGE").asString("");
        if (!entry.isEmpty()) {
            return outer ? said(entry, false) : Optional.empty();
        }
        boolean ours = Stream.of(
                        object.path("log").path("logger"),
                        object.path("log.logger"),
                        object.path("logger_name"),
                        object.path("_log_logger"))
                .anyMatch(logger -> logger.asString("").equals(LOGGER));
        var message = MESSAGE.matcher(
                object.path("message").asString(object.path("short_message").asString("")));
        return ours && message.matches() ? Optional.of(of(message)) : Optional.empty();
    }

    private static AuditHead of(MatchResult head) {
        return new AuditHead(Long.parseLong(head.group(1)), new Sha256(head.group(2)));
    }
}
