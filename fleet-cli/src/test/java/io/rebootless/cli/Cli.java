package io.rebootless.cli;

import java.io.BufferedWriter;
import java.io.PrintWriter;
import java.io.StringWriter;

/** Runs the command as a shell would, and keeps what it printed. */
record Cli(int exit, String out, String err) {
    static Cli run(Object... words) {
        var out = new StringWriter();
        var err = new StringWriter();
        // Buffered, as the standard output is: what is printed without a line end and not flushed is missing here, too.
        var line = Rebootless.commandLine()
                .setOut(new PrintWriter(new BufferedWriter(out), true))
                .setErr(new PrintWriter(err));
        String[] arguments = new String[words.length];
        for (int i = 0; i < words.length; i++) {
            arguments[i] = words[i].toString();
        }
        int exit = line.execute(arguments);
        return new Cli(exit, out.toString(), err.toString());
    }
}
