package io.rebootless.cli.catalog;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.Output;
import io.rebootless.cli.server.Catalogue;
import io.rebootless.cli.server.ServerOptions;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "list", description = "Lists all publications, newest first.")
final class PublicationListCommand implements Callable<Integer> {
    @Mixin
    ServerOptions server;

    @Mixin
    Output output;

    @Override
    public Integer call() throws IOException {
        var publications = Catalogue.connect(server).publications();
        output.print(publications, out -> PublicationText.list(publications, out));
        return ExitCode.OK;
    }
}
