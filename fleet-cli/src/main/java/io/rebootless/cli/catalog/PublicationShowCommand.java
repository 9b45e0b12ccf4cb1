package io.rebootless.cli.catalog;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.Output;
import io.rebootless.cli.server.Catalogue;
import io.rebootless.cli.server.ServerOptions;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "show", description = "Shows one publication with its bundles.")
final class PublicationShowCommand implements Callable<Integer> {
    @Mixin
    ServerOptions server;

    @Mixin
    Output output;

    @Parameters(paramLabel = "NAME", description = "As in the bundles' manifests.")
    String name;

    @Override
    public Integer call() throws IOException {
        var publication = Catalogue.connect(server).publication(name);
        output.print(publication, out -> PublicationText.whole(publication, out));
        return ExitCode.OK;
    }
}
