package io.rebootless.cli;

import io.rebootless.wire.Touched;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows whom a lever would touch, and asks before it is pulled. */
public final class Confirmation {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--dry-run", description = "Only say which hosts it would touch; change nothing.")
    private boolean dryRun;

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    /**
     * The same for a command that may be asked for JSON: what is shown is no part of that, so nobody is asked.
     *
     * @return whether to go on
     * @throws CommandFailed if nobody can be asked
     */
    public boolean given(Touched touched, Output output) {
        if (!output.json()) {
            return given(touched);
        }
        if (dryRun) {
            output.print(touched, out -> {});
            return false;
        }
        if (!yes) {
            throw new CommandFailed(ExitCode.USAGE, "with --json nobody is asked: say --yes, or --dry-run");
        }
        return true;
    }

    /** Whether nobody is to be asked. */
    public boolean yes() {
        return yes;
    }

    /** Whether nothing is to be changed. */
    public boolean dryRun() {
        return dryRun;
    }

    /**
     * Shows it, and asks whoever sits before the terminal.
     *
     * @return whether to go on
     * @throws CommandFailed if nobody can be asked
     */
    public boolean given(Touched touched) {
        var out = spec.commandLine().getOut();
        TouchedText.show(touched, out);
        out.flush();
        if (dryRun) {
            out.println("Nothing was changed.");
            return false;
        }
        if (yes) {
            return true;
        }
        String answer = answer("Go on? [y/N] ");
        if (answer == null) {
            throw new CommandFailed(ExitCode.USAGE, "there is no terminal to ask at: say --yes, or --dry-run");
        }
        if (answer.strip().equalsIgnoreCase("y")) {
            return true;
        }
        out.println("Nothing was changed.");
        return false;
    }

    /** Absent if nobody answers; until Java 22 there is no console where there is no terminal. */
    @SuppressWarnings("SystemConsoleNull")
    private static @Nullable String answer(String question) {
        var console = System.console();
        return console == null ? null : console.readLine(question);
    }
}
