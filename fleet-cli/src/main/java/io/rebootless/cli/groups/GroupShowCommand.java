package io.rebootless.cli.groups;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.Output;
import io.rebootless.cli.server.HostGroups;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.HostGroup;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "show", description = "Shows a group; `rebootless fleet status --group NAME` shows its hosts.")
final class GroupShowCommand implements Callable<Integer> {
    @Mixin
    ServerOptions server;

    @Parameters(paramLabel = "NAME", description = "From `rebootless group list`.")
    String name;

    @Mixin
    Output output;

    @Override
    public Integer call() throws IOException {
        var group = HostGroups.connect(server).show(name);
        output.print(group, out -> show(group, out));
        return ExitCode.OK;
    }

    private static void show(HostGroup group, PrintWriter out) {
        out.println("group       " + group.name());
        out.println("query       " + group.query());
        if (group.description() != null) {
            out.println("what for    " + group.description());
        }
        out.println("hosts       " + group.hosts());
        out.println("changed     %s by %s".formatted(group.changed(), group.changedBy()));
    }
}
