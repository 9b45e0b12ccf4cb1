package io.rebootless.agent.log;

import io.rebootless.wire.Failure;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/** Says what happens, one line an event; under systemd with the prefix that journald takes for the priority. */
public final class EventLog {
    /** A line that is longer is cut: wire records take no longer texts. */
    private static final int MAX_CODE_POINTS = 950;

    private final PrintStream out;
    private final boolean prefixed;

    public EventLog(PrintStream out, boolean prefixed) {
        this.out = out;
        this.prefixed = prefixed;
    }

    /** To standard error; systemd sets {@code JOURNAL_STREAM}. */
    public static EventLog standard() {
        return new EventLog(System.err, System.getenv("JOURNAL_STREAM") != null);
    }

    public void info(String event) {
        print("<6>", "", event);
    }

    public void warning(String event) {
        print("<4>", "warning: ", event);
    }

    public void error(String event) {
        print("<3>", "error: ", event);
    }

    private void print(String priority, String word, String event) {
        out.println((prefixed ? priority : "") + word + oneLine(event));
        out.flush();
    }

    /** Whatever went wrong, in words that a report takes. */
    public static Failure failure(String name, @Nullable String words) {
        return new Failure(name, oneLine(String.valueOf(words)));
    }

    /** What others have written must not forge lines, move a terminal's cursor, or outgrow a report. */
    public static String oneLine(String text) {
        String line = text.codePoints()
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? ' ' : c)
                .limit(MAX_CODE_POINTS)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString()
                .strip();
        return line.isEmpty() ? "(nothing said)" : line;
    }
}
