package io.rebootless.product;

import io.rebootless.guest.HostCommand;
import io.rebootless.guest.Repository;
import io.rebootless.guest.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The command line as a publisher has it, with the kernels that these tests have fetched already. */
final class CommandLine {
    private static final Duration COMMAND = Duration.ofMinutes(30);

    private CommandLine() {}

    /** Runs {@code rebootless} with some words, whatever comes of it. */
    static Result rebootless(Object... words) {
        var command = new ArrayList<>(
                List.of("env", "REBOOTLESS_CACHE=" + cache(), Distribution.cli().toString()));
        List.of(words).forEach(word -> command.add(word.toString()));
        return HostCommand.run(COMMAND, command);
    }

    /** Where kernels are kept. */
    static Path cache() {
        String named = System.getenv("REBOOTLESS_CACHE");
        return named == null ? Repository.root().resolve(".cache") : Path.of(named);
    }
}
