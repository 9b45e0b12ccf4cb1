package io.rebootless.cli.fleet;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.server.HostGroups;
import io.rebootless.cli.server.PatchServer;
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

@Command(
        name = "groups",
        description = {
            "Says which groups a host is in, and why.",
            "",
            "Each comparison of a group's query is shown with the value that it found on the host."
        })
final class HostGroupsCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Parameters(paramLabel = "HOST", description = HostCommand.HOST)
    String host;

    @Option(names = "--json", description = "Print JSON.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        var memberships =
                HostGroups.connect(server).of(PatchServer.connect(server).hostId(host));
        var out = spec.commandLine().getOut();
        if (json) {
            out.println(WireJson.mapper().writeValueAsString(memberships));
            return ExitCode.OK;
        }
        if (memberships.isEmpty()) {
            out.println("there are no groups; `rebootless group set` makes one");
        }
        for (var one : memberships) {
            out.println("%s %s: %s".formatted(one.member() ? "✓" : "✗", one.group(), one.query()));
            for (var comparison : one.comparisons()) {
                out.println("    %s %s (%s)"
                        .formatted(
                                comparison.holds() ? "✓" : "✗",
                                comparison.text(),
                                comparison.value() == null ? "the host has none" : "it is " + comparison.value()));
            }
        }
        return ExitCode.OK;
    }
}
