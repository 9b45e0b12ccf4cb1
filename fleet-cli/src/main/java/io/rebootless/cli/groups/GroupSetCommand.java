package io.rebootless.cli.groups;

import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.server.HostGroups;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.HostGroupRequest;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "set",
        description = {
            "Makes a group, or changes the one of that name.",
            "",
            "Its hosts are whichever the query finds at the moment of asking; `rebootless group --help` has the language."
        })
final class GroupSetCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Parameters(paramLabel = "NAME", description = "1 to 63 of a-z 0-9 -.")
    String name;

    @Option(names = "--query", paramLabel = "QUERY", required = true, description = "Which hosts, such as env==prod.")
    String query;

    @Option(names = "--description", paramLabel = "TEXT", description = "What it is for.")
    Optional<String> description = Optional.empty();

    @Override
    public Integer call() throws IOException {
        var request = CommandFailed.ifUnfit(() -> new HostGroupRequest(query, description.orElse(null)));
        var group = HostGroups.connect(server).put(name, request);
        spec.commandLine().getOut().println("group %s has %d hosts now".formatted(group.name(), group.hosts()));
        return ExitCode.OK;
    }
}
