package io.rebootless.cli.groups;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.Output;
import io.rebootless.cli.server.HostGroups;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.HostGroup;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "list", description = "Lists the groups, with the number of hosts that are in each now.")
final class GroupListCommand implements Callable<Integer> {
    @Mixin
    ServerOptions server;

    @Mixin
    Output output;

    @Override
    public Integer call() throws IOException {
        var groups = HostGroups.connect(server).list();
        output.print(groups, out -> show(groups, out));
        return ExitCode.OK;
    }

    private static void show(List<HostGroup> groups, PrintWriter out) {
        out.println("%-24s  %6s  %s".formatted("GROUP", "HOSTS", "QUERY"));
        groups.forEach(group -> out.println("%-24s  %6d  %s".formatted(group.name(), group.hosts(), group.query())));
    }
}
