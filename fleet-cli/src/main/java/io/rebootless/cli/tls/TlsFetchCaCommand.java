package io.rebootless.cli.tls;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.OutputFile;
import io.rebootless.cli.server.PatchServer;
import io.rebootless.cli.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "fetch-ca",
        description = {
            "Fetches the server's authorities, the next one included, over a connection that is trusted already.",
            "",
            "The file is then good for --ca, for REBOOTLESS_CA and for new hosts. It may be the one that --ca names: that is replaced at once or not at all."
        })
final class TlsFetchCaCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Option(
            names = {"-o", "--out"},
            required = true,
            paramLabel = "FILE",
            description = "Written, or replaced.")
    Path file;

    @Override
    public Integer call() throws IOException {
        byte[] pem = PatchServer.connect(server).authorities();
        OutputFile.replace(file, out -> out.write(pem));
        spec.commandLine().getOut().println("the server's authorities are in " + file);
        return ExitCode.OK;
    }
}
