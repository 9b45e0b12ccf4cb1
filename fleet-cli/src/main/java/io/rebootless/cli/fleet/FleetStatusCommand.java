package io.rebootless.cli.fleet;

import io.rebootless.cli.ExitCode;
import io.rebootless.cli.Output;
import io.rebootless.cli.server.PatchServer;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.FleetHost;
import io.rebootless.wire.Protection;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "status",
        description = {
            "Lists the hosts: kernel build, level, and whether they are protected.",
            "",
            "As much of an id is shown as tells it from the others; other commands take it like that, or the name.",
            "",
            "protected  the newest level is in force for every task",
            "behind     a newer level exists",
            "attention  the host refused, failed, is held, has in quarantine what it is to run, or is two machines;",
            "           the reason follows",
            "unknown    the host is silent, or nothing was published for its kernel build"
        })
final class FleetStatusCommand implements Callable<Integer> {
    @Mixin
    ServerOptions server;

    @Mixin
    HostSelection selection = new HostSelection();

    @Option(names = "--wide", description = "Show whole ids and names, however long.")
    boolean wide;

    @Mixin
    Output output;

    @Override
    public Integer call() throws IOException {
        var hosts = PatchServer.connect(server).hosts(selection.filter());
        output.print(hosts, out -> show(hosts, wide, Instant.now(), out));
        return ExitCode.OK;
    }

    static void show(List<FleetHost> hosts, boolean wide, Instant now, PrintWriter out) {
        int idLength = wide
                ? ShortIds.WHOLE
                : ShortIds.length(hosts.stream().map(FleetHost::id).toList());
        var table = TextTable.forColumns(
                picocli.CommandLine.Help.defaultColorScheme(Ansi.OFF),
                new Column(idLength, 0, Overflow.TRUNCATE),
                new Column(wide ? longest(hosts, FleetHost::hostname) + 2 : 28, 2, Overflow.TRUNCATE),
                new Column(wide ? longest(hosts, host -> host.kernel().release()) + 2 : 26, 2, Overflow.TRUNCATE),
                new Column(10, 2, Overflow.TRUNCATE),
                new Column(12, 2, Overflow.TRUNCATE),
                new Column(12, 2, Overflow.TRUNCATE),
                new Column(10, 2, Overflow.TRUNCATE));
        table.addRowValues("ID", "HOST", "KERNEL", "LEVEL", "STATE", "PROTECTION", "SEEN");
        for (var host : hosts) {
            table.addRowValues(
                    host.id().toString().substring(0, idLength),
                    host.hostname(),
                    host.kernel().release(),
                    host.level() + " of " + host.latestLevel(),
                    Output.word(host.state()),
                    Output.word(host.protection()),
                    ago(host, now));
        }
        out.print(table);
        for (var host : hosts) {
            var failure = host.failure();
            if (failure != null) {
                out.println("%s: %s: %s".formatted(host.hostname(), failure.name(), failure.message()));
            }
        }
        hosts.forEach(host -> Quarantines.show(host, out));
        hosts.forEach(host -> Clones.show(host, out));
        long safe = hosts.stream()
                .filter(host -> host.protection() == Protection.PROTECTED)
                .count();
        out.println("%d of %d protected".formatted(safe, hosts.size()));
    }

    private static int longest(List<FleetHost> hosts, Function<FleetHost, String> column) {
        return hosts.stream().mapToInt(host -> column.apply(host).length()).reduce("KERNEL".length(), Math::max);
    }

    private static String ago(FleetHost host, Instant now) {
        Instant seen = host.lastSeen();
        if (seen == null) {
            return "never";
        }
        long seconds = Math.max(0, Duration.between(seen, now).toSeconds());
        return seconds < 120 ? seconds + " s" : seconds < 7200 ? seconds / 60 + " min" : seconds / 3600 + " h";
    }
}
