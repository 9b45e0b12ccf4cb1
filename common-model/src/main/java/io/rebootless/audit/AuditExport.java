package io.rebootless.audit;

import io.rebootless.wire.WireJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The whole log as JSON lines: one line an entry, and as the last one the head that the log had when the export began,
 * so that a file that was not written to its end is not taken for a log.
 */
public final class AuditExport {
    public static final String MEDIA_TYPE = "application/jsonl";

    /** Far more than a line can have. */
    private static final int MAX_LINE_CHARS = 4 * 1024 * 1024;

    /** Nothing in a line may escape the hash. */
    private static final JsonMapper STRICT = WireJson.mapper()
            .rebuild()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private AuditExport() {}

    /** The last line. */
    private record End(AuditHead head) {}

    public static byte[] line(AuditEntry entry) {
        return line((Object) entry);
    }

    public static byte[] line(AuditHead head) {
        return line(new End(head));
    }

    private static byte[] line(Object content) {
        return (STRICT.writeValueAsString(content) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** A line is none of an export; the message names it. */
    public static final class Malformed extends IOException {
        private static final long serialVersionUID = 1;

        Malformed(long line, String why) {
            super("line %d is no audit entry: %s".formatted(line, why));
        }
    }

    /**
     * Hands over every entry.
     *
     * @return the head of the last line; empty if the export ends without it
     * @throws Malformed if a line is neither, or something follows the last line
     */
    public static Optional<AuditHead> read(InputStream export, Consumer<AuditEntry> entries) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(
                export,
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT)));
        Optional<AuditHead> end = Optional.empty();
        long number = 0;
        for (String line = next(lines, number); !line.isEmpty(); line = next(lines, number)) {
            number++;
            if (end.isPresent()) {
                throw new Malformed(number, "it follows the last line");
            }
            try {
                if (line.startsWith("{\"head\":")) {
                    end = Optional.of(STRICT.readValue(line, End.class).head());
                } else {
                    entries.accept(STRICT.readValue(line, AuditEntry.class));
                }
            } catch (JacksonException e) {
                throw new Malformed(number, e.getOriginalMessage());
            }
        }
        return end;
    }

    /** The next line that is not empty; an empty one at the end. Bounded, unlike {@link BufferedReader#readLine}. */
    private static String next(BufferedReader lines, long number) throws IOException {
        var line = new StringBuilder();
        for (int c = lines.read(); c >= 0; c = lines.read()) {
            if (c == '\n' || c == '\r') {
                if (!line.isEmpty()) {
                    break;
                }
            } else if (line.length() == MAX_LINE_CHARS) {
                throw new Malformed(number + 1, "it is too long");
            } else {
                line.append((char) c);
            }
        }
        return line.toString();
    }
}
