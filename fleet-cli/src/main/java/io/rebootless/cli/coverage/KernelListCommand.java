package io.rebootless.cli.coverage;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.Output;
import io.rebootless.cli.server.Catalogue;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.KernelCoverage;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "list",
        description = "Lists every kernel build that bundles or hosts are known for: hosts, newest level, publication.")
public final class KernelListCommand implements Callable<Integer> {
    @Mixin
    ServerOptions server;

    @Option(names = "--release", paramLabel = "RELEASE", defaultValue = "", description = "Of this kernel release.")
    String release = "";

    @Option(names = "--missing", description = "Only builds for which no bundle is published.")
    boolean missing;

    @Mixin
    Output output;

    @Override
    public Integer call() throws IOException {
        var filters = new TreeMap<String, String>();
        if (!release.isEmpty()) {
            filters.put("release", release);
        }
        if (missing) {
            filters.put("missing", "true");
        }
        var kernels = Catalogue.connect(server).kernels(filters);
        output.print(kernels, out -> show(kernels, out));
        return ExitCode.OK;
    }

    private static void show(List<KernelCoverage> kernels, PrintWriter out) {
        String line = "%-28s  %-40s  %6s  %s";
        out.println(line.formatted("KERNEL", "BUILD-ID", "HOSTS", "NEWEST"));
        for (var one : kernels) {
            BundleReference latest = one.latest();
            out.println(line.formatted(
                    one.kernel().release(),
                    one.kernel().buildId(),
                    one.hosts(),
                    latest == null ? "no bundle" : "level %d, %s".formatted(latest.level(), latest.publication())));
        }
    }
}
