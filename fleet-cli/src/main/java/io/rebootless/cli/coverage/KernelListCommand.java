package io.rebootless.cli.coverage;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.server.Catalogue;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "list",
        description = "Lists every kernel build that bundles or hosts are known for: hosts, newest level, publication.")
public final class KernelListCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Option(names = "--release", paramLabel = "RELEASE", defaultValue = "", description = "Of this kernel release.")
    String release = "";

    @Option(names = "--missing", description = "Only builds for which no bundle is published.")
    boolean missing;

    @Option(names = "--json", description = "Print JSON.")
    boolean json;

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
        var out = spec.commandLine().getOut();
        if (json) {
            out.println(WireJson.mapper().writeValueAsString(kernels));
            return ExitCode.OK;
        }
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
        return ExitCode.OK;
    }
}
