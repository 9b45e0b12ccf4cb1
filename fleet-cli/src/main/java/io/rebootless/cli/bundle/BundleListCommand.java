package io.rebootless.cli.bundle;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.Output;
import io.rebootless.cli.server.Catalogue;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.PublishedBundle;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "list", description = "Lists what the server has, newest first; each filter narrows it.")
final class BundleListCommand implements Callable<Integer> {
    @Mixin
    ServerOptions server;

    @Option(names = "--publication", paramLabel = "NAME", defaultValue = "", description = "Of this publication.")
    String publication = "";

    @Option(names = "--release", paramLabel = "RELEASE", defaultValue = "", description = "For this kernel release.")
    String release = "";

    @Option(names = "--build-id", paramLabel = "HEX", defaultValue = "", description = "For this very kernel build.")
    String buildId = "";

    @Option(names = "--cve", paramLabel = "CVE", defaultValue = "", description = "That name this CVE.")
    String cve = "";

    @Option(
            names = "--publisher",
            paramLabel = "NAME",
            defaultValue = "",
            description = "Signed by this publisher: the certificate's name, or its SHA-256.")
    String publisher = "";

    @Option(names = "--state", paramLabel = "STATE", defaultValue = "", description = "published or withdrawn.")
    String state = "";

    @Mixin
    Output output;

    @Override
    public Integer call() throws IOException {
        var filters = new TreeMap<>(Map.of(
                "publication", publication,
                "release", release,
                "buildId", buildId,
                "cve", cve,
                "publisher", publisher,
                "state", state));
        filters.values().removeIf(String::isEmpty);
        var bundles = Catalogue.connect(server).bundles(filters);
        output.print(bundles, out -> show(bundles, out));
        return ExitCode.OK;
    }

    private static void show(List<PublishedBundle> bundles, PrintWriter out) {
        var table = TextTable.forColumns(
                picocli.CommandLine.Help.defaultColorScheme(Ansi.OFF),
                new Column(22, 0, Overflow.TRUNCATE),
                new Column(28, 2, Overflow.TRUNCATE),
                new Column(10, 2, Overflow.TRUNCATE),
                new Column(11, 2, Overflow.TRUNCATE),
                new Column(22, 2, Overflow.TRUNCATE),
                new Column(66, 2, Overflow.TRUNCATE));
        table.addRowValues("PUBLICATION", "KERNEL", "LEVEL", "STATE", "PUBLISHED", "BUNDLE");
        for (var bundle : bundles) {
            table.addRowValues(
                    bundle.publication(),
                    bundle.kernel().release(),
                    Long.toString(bundle.level()),
                    Output.word(bundle.state()),
                    bundle.uploaded()
                            .truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
                            .toString(),
                    bundle.identity().toString());
        }
        out.print(table);
    }
}
