package io.rebootless.cli.catalog;

import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.Output;
import io.rebootless.cli.server.Catalogue;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.StorageReport;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "check",
        description = {
            "Has the server read every bundle's file, waits for the end and says what it found.",
            "",
            "Exit code 1 if a published bundle's file is missing or was not what it should be. What is damaged, or no"
                    + " bundle's, the server has set aside; uploading the same bundle again heals it."
        })
final class StorageCheckCommand implements Callable<Integer> {
    private static final int PAUSE_MILLIS = 500;

    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Option(names = "--last", description = "Only say what it found when it last looked.")
    boolean last;

    @Option(names = "--json", description = "Print JSON.")
    boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        var catalogue = Catalogue.connect(server);
        var report = last ? catalogue.storage() : catalogue.scrub();
        while (!last && report.running()) {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            report = catalogue.storage();
        }
        if (report.failure() != null) {
            throw new CommandFailed(ExitCode.UNAVAILABLE, "the server could not read its store: " + report.failure());
        }
        var scrub = report.last();
        var out = spec.commandLine().getOut();
        if (json) {
            out.println(WireJson.mapper().writeValueAsString(report));
        } else if (scrub != null) {
            show(scrub, out);
        } else {
            out.println("it has not looked yet since its start");
        }
        return scrub == null ? ExitCode.CANNOT_TELL : scrub.healthy() ? ExitCode.OK : ExitCode.REFUSED;
    }

    private static void show(StorageReport.Scrub scrub, PrintWriter out) {
        scrub.findings()
                .forEach(finding -> out.println("%-9s %s %s%n          %s"
                        .formatted(
                                Output.word(finding.fault()),
                                finding.fileDigest(),
                                finding.publication() == null ? "" : finding.publication(),
                                finding.remedy())));
        out.println("%d files, %,d bytes, %d findings (%s)"
                .formatted(scrub.blobs(), scrub.bytes(), scrub.findings().size(), scrub.finished()));
    }
}
