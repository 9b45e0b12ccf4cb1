package io.rebootless.product;

import io.rebootless.guest.HostCommand;
import io.rebootless.guest.Repository;
import io.rebootless.guest.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** {@code dist/}, as {@code scripts/dist} makes it and as somebody would unpack it. */
final class Distribution {
    private static final Duration COMMAND = Duration.ofMinutes(3);

    private Distribution() {}

    static Path cli() {
        return part("rebootless/bin/rebootless");
    }

    static Path server() {
        return part("rebootless-server/bin/rebootless-server");
    }

    /** The agent's whole folder: {@code bin}, {@code lib} and its own Java runtime. */
    static Path agent() {
        return part("rebootless-agent/bin/rebootless-agent").getParent().getParent();
    }

    static Result run(Path program, List<String> words) {
        var command = new ArrayList<String>();
        command.add(program.toString());
        command.addAll(words);
        return HostCommand.run(COMMAND, command);
    }

    private static Path part(String name) {
        Path path = Repository.root().resolve("dist").resolve(name);
        if (!Files.isExecutable(path)) {
            throw new IllegalStateException(path + " is not there; run `make dist`");
        }
        return path;
    }
}
