package io.rebootless.agent.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** The kill switch on the kernel's command line: {@code rebootless=off} or {@code rebootless=hold}. */
public final class KernelArgument {
    private static final String NAME = "rebootless=";

    /** Blanks between quotes part nothing; a quote that is not closed goes to the end. */
    private static final Pattern WORD = Pattern.compile("(?:[^\\s\"]|\"[^\"]*(?:\"|$))+");

    private KernelArgument() {}

    /** What follows {@code rebootless=}, if it is there; the last time if it is there twice, as the kernel takes it. */
    public static Optional<String> read(Path proc) throws IOException {
        return WORD.matcher(Files.readString(proc.resolve("cmdline")))
                .results()
                .map(word -> word.group().replace("\"", ""))
                .filter(word -> word.startsWith(NAME))
                .reduce((earlier, later) -> later)
                .map(word -> word.substring(NAME.length()));
    }
}
