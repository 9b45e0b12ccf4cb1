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
import picocli.CommandLine.Spec;

@Command(name = "list", description = "Lists the groups, with the number of hosts that are in each now.")
final class GroupListCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Option(names = "--json", description = "Print JSON.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        var groups = HostGroups.connect(server).list();
        var out = spec.commandLine().getOut();
        if (json) {
            out.println(WireJson.mapper().writeValueAsString(groups));
            return ExitCode.OK;
        }
        out.println("%-24s  %6s  %s".formatted("GROUP", "HOSTS", "QUERY"));
        groups.forEach(group -> out.println("%-24s  %6d  %s".formatted(group.name(), group.hosts(), group.query())));
        return ExitCode.OK;
    }
}
