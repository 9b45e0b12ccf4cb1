package io.rebootless.agent;

import io.rebootless.agent.command.AgentCommand;
import io.rebootless.agent.command.Service;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** {@code rebootless-agent}. */
public final class Agent {
    private Agent() {}

    public static void main(String[] arguments) {
        IdleProviders.strike();
        // Units run without a locale, and Java would write question marks.
        System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
        System.exit(execute(arguments));
    }

    /** Command lines handle exceptions; a broken runtime throws errors, and must not leave a silent process behind. */
    private static int execute(String[] arguments) {
        try {
            // The unit's command line; whatever else is said is for the command line's library to understand.
            return arguments.length == 1 && arguments[0].equals("run")
                    ? Service.start()
                    : AgentCommand.commandLine().execute(arguments);
        } catch (LinkageError | OutOfMemoryError e) {
            System.err.println("error: this Java runtime cannot run the agent: " + e);
            return AgentCommand.BROKEN_RUNTIME;
        }
    }
}
