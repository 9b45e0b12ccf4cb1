package io.rebootless.agent.transport;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An answer up to its body.
 *
 * @param version the minor one of HTTP/1
 * @param status three digits
 * @param reason the server's word for it
 * @param headers by name in lower case, values in their order
 */
record Head(int version, int status, String reason, Map<String, List<String>> headers) {
    static final int MAX_BYTES = 32 * 1024;
    private static final int MAX_HEADERS = 100;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.([01]) ([1-5][0-9]{2})(?: (.*))?");
    private static final Pattern HEADER = Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*");

    /** Reads bytes one by one and none beyond the empty line: what follows is somebody else's. */
    static Head read(InputStream in) throws IOException {
        var lines = new Lines(in, MAX_BYTES);
        var first = STATUS.matcher(lines.next());
        if (!first.matches()) {
            throw new IOException("what comes is no HTTP answer");
        }
        var headers = new HashMap<String, List<String>>();
        int count = 0;
        for (String line = lines.next(); !line.isEmpty(); line = lines.next()) {
            var header = HEADER.matcher(line);
            if (!header.matches()) {
                throw new IOException("a header of its answer is malformed");
            }
            if (++count > MAX_HEADERS) {
                throw new IOException("its answer has more than %d headers".formatted(MAX_HEADERS));
            }
            headers.computeIfAbsent(header.group(1).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                    .add(header.group(2));
        }
        String reason = first.group(3) == null ? "" : first.group(3).strip();
        return new Head(Integer.parseInt(first.group(1)), Integer.parseInt(first.group(2)), reason, headers);
    }

    /** The first of that name. */
    Optional<String> header(String name) {
        return all(name).stream().findFirst();
    }

    List<String> all(String name) {
        return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
    }

    /** Whether a list such as Connection's has this word. */
    boolean lists(String name, String word) {
        return all(name).stream()
                .flatMap(value -> Pattern.compile(",").splitAsStream(value))
                .anyMatch(entry -> entry.strip().equalsIgnoreCase(word));
    }

    /** Lines of text that have a budget of bytes together. */
    static final class Lines {
        private final InputStream in;
        private final int budget;
        private int used;

        Lines(InputStream in, int budget) {
            this.in = in;
            this.budget = budget;
        }

        String next() throws IOException {
            var line = new StringBuilder();
            for (int c; (c = in.read()) != '\n'; ) {
                if (c < 0) {
                    throw new EOFException(
                            used == 0 ? "the connection was closed without an answer" : "the answer breaks off");
                }
                if (++used > budget) {
                    throw new IOException("the headers of its answer are longer than %d bytes".formatted(budget));
                }
                line.append((char) c);
            }
            used++;
            int end = line.length();
            if (end > 0 && line.charAt(end - 1) == '\r') {
                line.setLength(end - 1);
            }
            if (line.chars().anyMatch(c -> c != '\t' && Character.isISOControl(c))) {
                throw new IOException("what comes is no HTTP answer");
            }
            return line.toString();
        }
    }
}
