package io.rebootless.cli.groups;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.server.HostGroups;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "show", description = "Shows a group; `rebootless fleet status --group NAME` shows its hosts.")
final class GroupShowCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Parameters(paramLabel = "NAME", description = "From `rebootless group list`.")
    String name;

    @Option(names = "--json", description = "Print JSON.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        var group = HostGroups.connect(server).show(name);
        var out = spec.commandLine().getOut();
        if (json) {
            out.println(WireJson.mapper().writeValueAsString(group));
            return ExitCode.OK;
        }
        out.println("group       " + group.name());
        out.println("query       " + group.query());
        if (group.description() != null) {
            out.println("what for    " + group.description());
        }
        out.println("hosts       " + group.hosts());
        out.println("changed     %s by %s".formatted(group.changed(), group.changedBy()));
        return ExitCode.OK;
    }
}
