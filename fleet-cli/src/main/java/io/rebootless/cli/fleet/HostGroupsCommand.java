package io.rebootless.cli.fleet;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.Output;
import io.rebootless.cli.server.HostGroups;
import io.rebootless.cli.server.PatchServer;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.GroupMembership;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "groups",
        description = {
            "Says which groups a host is in, and why.",
            "",
            "Each comparison of a group's query is shown with the value that it found on the host."
        })
final class HostGroupsCommand implements Callable<Integer> {
    @Mixin
    ServerOptions server;

    @Parameters(paramLabel = "HOST", description = HostCommand.HOST)
    String host;

    @Mixin
    Output output;

    @Override
    public Integer call() throws IOException {
        var memberships =
                HostGroups.connect(server).of(PatchServer.connect(server).hostId(host));
        output.print(memberships, out -> show(memberships, out));
        return ExitCode.OK;
    }

    private static void show(List<GroupMembership> memberships, PrintWriter out) {
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
    }
}
