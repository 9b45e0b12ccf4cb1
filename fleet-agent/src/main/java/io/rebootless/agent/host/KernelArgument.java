package io.rebootless.agent.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The kill switch on the kernel's command line: {@code rebootless=off} or {@code rebootless=hold}. */
public final class KernelArgument {
    private static final String NAME = "rebootless=";

    private KernelArgument() {}

    /** What follows {@code rebootless=}, if it is there. */
    public static Optional<String> read(Path proc) throws IOException {
        for (String word : Files.readString(proc.resolve("cmdline")).split("\\s+", -1)) {
            if (word.startsWith(NAME)) {
                return Optional.of(word.substring(NAME.length()));
            }
        }
        return Optional.empty();
    }
}
