package io.rebootless.cli;

import io.rebootless.wire.WireJson;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints what a command has found: in words, or all of it as JSON. */
public final class Output {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    /** A value of the API as it is written there. */
    public static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether JSON is asked for. */
    boolean json() {
        return json;
    }

    /** {@code words} prints it for people. */
    public void print(Object found, Consumer<PrintWriter> words) {
        var out = spec.commandLine().getOut();
        if (json) {
            out.println(WireJson.mapper().writeValueAsString(found));
        } else {
            words.accept(out);
        }
    }
}
