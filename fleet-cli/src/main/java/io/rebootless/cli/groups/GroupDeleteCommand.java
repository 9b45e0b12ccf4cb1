package io.rebootless.cli.groups;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.server.HostGroups;
import io.rebootless.cli.server.ServerOptions;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "delete", description = "Deletes a group; its hosts stay as they are.")
final class GroupDeleteCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Parameters(paramLabel = "NAME", description = "From `rebootless group list`.")
    String name;

    @Override
    public Integer call() throws IOException {
        HostGroups.connect(server).delete(name);
        spec.commandLine().getOut().println("group %s is deleted".formatted(name));
        return ExitCode.OK;
    }
}
