package io.rebootless.cli.audit;

import io.rebootless.audit.AuditEntry;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.server.PatchServer;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "list", description = "Lists the newest entries, newest first.")
final class AuditListCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Option(
            names = "--action",
            defaultValue = "",
            paramLabel = "ACTION",
            description = "Only these, such as host.retired.")
    String action;

    @Option(
            names = "--actor",
            defaultValue = "",
            paramLabel = "ACTOR",
            description = "Only by this one: its id or its name.")
    String actor;

    @Option(
            names = "--subject",
            defaultValue = "",
            paramLabel = "SUBJECT",
            description = "Only about this, such as host:ID.")
    String subject;

    @Option(names = "--from", defaultValue = "", paramLabel = "MOMENT", description = "From 2026-11-25T08:00:00Z on.")
    String from;

    @Option(names = "--to", defaultValue = "", paramLabel = "MOMENT", description = "Before that moment.")
    String to;

    @Option(
            names = "--limit",
            defaultValue = "100",
            paramLabel = "N",
            description = "At most so many, 1 to 1000 (default: ${DEFAULT-VALUE}).")
    int limit;

    @Option(names = "--json", description = "Print JSON.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        var query = new TreeMap<String, String>();
        query.put("action", action);
        query.put("actor", actor);
        query.put("subject", subject);
        query.put("from", from);
        query.put("to", to);
        query.put("limit", Integer.toString(limit));
        query.values().removeIf(String::isEmpty);
        var page = PatchServer.connect(server).audit(query);
        var out = spec.commandLine().getOut();
        if (json) {
            out.println(WireJson.mapper().writeValueAsString(page.items()));
            return ExitCode.OK;
        }
        for (AuditEntry entry : page.items()) {
            out.println("%6d  %s  %-28s %s  by %s %s%s"
                    .formatted(
                            entry.sequence(),
                            entry.at().truncatedTo(ChronoUnit.SECONDS),
                            entry.action(),
                            entry.subject(),
                            entry.actorKind(),
                            entry.actorName(),
                            entry.detail().equals("{}") ? "" : "  " + entry.detail()));
        }
        if (page.next() != null) {
            out.println("older ones follow: narrow with --to, or take all with export");
        }
        return ExitCode.OK;
    }
}
