package io.rebootless.agent.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.agent.command.AgentCommand;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs commands in this process on a {@link FakeRoot}; those who use it lock SYSTEM_OUT. Closing it gives all back. */
public final class CommandLineHost implements AutoCloseable {
    private final FakeRoot root;
    private final PrintStream realOut = System.out;
    private final PrintStream realErr = System.err;
    private final InputStream realIn = System.in;
    private Path config;
    private String out = "";

    public CommandLineHost(Path directory) throws IOException {
        this(directory, "allow.http=true");
    }

    /** One with these lines in its settings. */
    public CommandLineHost(Path directory, String... settings) throws IOException {
        this.root = FakeRoot.in(directory);
        this.config = root.settings(settings);
    }

    public FakeRoot root() {
        return root;
    }

    /** The settings that commands are told of. */
    public Path config() {
        return config;
    }

    public void config(Path other) {
        config = other;
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

    /** {@code enroll} with a key on standard input. */
    public int enroll(LoopbackServer server, String key, String... more) {
        System.setIn(new ByteArrayInputStream((key + "\n").getBytes(StandardCharsets.US_ASCII)));
        var arguments =
                new ArrayList<>(List.of("enroll", "--server", server.uri().toString(), "--key-stdin"));
        arguments.addAll(List.of(more));
        return run(arguments.toArray(String[]::new));
    }

    @Override
    public void close() {
        System.setOut(realOut);
        System.setErr(realErr);
        System.setIn(realIn);
    }
}
