package io.rebootless.cli.catalog;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.server.Catalogue;
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

@Command(name = "show", description = "Shows one publication with its bundles.")
final class PublicationShowCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Option(names = "--json", description = "Print JSON.")
    boolean json;

    @Parameters(paramLabel = "NAME", description = "As in the bundles' manifests.")
    String name;

    @Override
    public Integer call() throws IOException {
        var publication = Catalogue.connect(server).publication(name);
        var out = spec.commandLine().getOut();
        if (json) {
            out.println(WireJson.mapper().writeValueAsString(publication));
        } else {
            PublicationText.whole(publication, out);
        }
        return ExitCode.OK;
    }
}
