package io.rebootless.agent.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.agent.command.AgentCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs commands in this process on a {@link FakeRoot}; those who use it lock SYSTEM_OUT. */
public final class CommandLineHost implements AutoCloseable {
    private final FakeRoot root;
    private final Path config;
    private final PrintStream realOut = System.out;
    private final PrintStream realErr = System.err;
    private String out = "";

    public CommandLineHost(Path directory) throws IOException {
        this.root = FakeRoot.in(directory);
        this.config = root.settings("allow.http=true");
    }

    public FakeRoot root() {
        return root;
    }

    /** What the last command has printed, errors included. */
    public String out() {
        return out;
    }

    /** The exit code. */
    public int run(String... arguments) {
        var bytes = new ByteArrayOutputStream();
        var stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        System.setOut(stream);
        System.setErr(stream);
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--config", config.toString()));
        int code = AgentCommand.commandLine().execute(all.toArray(String[]::new));
        out = bytes.toString(StandardCharsets.UTF_8);
        assertThat(out).as("never a stack trace").doesNotContain("\tat ");
        return code;
    }

    @Override
    public void close() {
        System.setOut(realOut);
        System.setErr(realErr);
    }
}
