package io.rebootless.agent.command;

import io.rebootless.agent.journal.JournalHistory;
import io.rebootless.agent.settings.SettingsException;
import io.rebootless.wire.JournalEntry;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
        name = "history",
        description = {
            "Shows the journal, the newest entry last: every step that could have taken this host down, and what came of it.",
            "",
            "Each entry was on disk before the step was taken. Needs no root and no server."
        })
final class HistoryCommand implements Callable<Integer> {
    @ParentCommand
    private AgentCommand agent = new AgentCommand();

    @Spec
    private CommandSpec spec;

    @Option(names = "-n", paramLabel = "NUMBER", description = "Only the newest ones; without it all that are kept.")
    private int newest = Integer.MAX_VALUE;

    @Option(names = "--json", description = "For programs: one JSON array, fields are only ever added.")
    private boolean json;

    @Override
    public Integer call() throws IOException, SettingsException {
        if (newest < 1) {
            throw new ParameterException(spec.commandLine(), "-n takes a number from 1, not " + newest);
        }
        var all = JournalHistory.read(agent.settings().stateDirectory());
        var entries = all.subList(Math.max(0, all.size() - newest), all.size());
        if (json) {
            System.out.println(WireJson.indented().writeValueAsString(entries));
        } else if (entries.isEmpty()) {
            System.out.println("the journal has no entry yet");
        } else {
            print(entries);
        }
        return ExitCode.OK;
    }

    private static void print(List<JournalEntry> entries) {
        String boot = "";
        for (var entry : entries) {
            if (!entry.bootId().equals(boot)) {
                boot = entry.bootId();
                System.out.println("boot " + boot);
            }
            System.out.printf(
                    "  %s  %5d  %-8s  %s%n",
                    entry.at().truncatedTo(ChronoUnit.SECONDS),
                    entry.sequence(),
                    entry.step().name().toLowerCase(Locale.ROOT),
                    words(entry));
        }
    }

    private static String words(JournalEntry entry) {
        String level = entry.level() == null ? "" : "level " + entry.level();
        String detail = entry.detail() == null ? "" : entry.detail();
        return level + (level.isEmpty() || detail.isEmpty() ? "" : ": ") + detail;
    }
}
