package io.rebootless.cli.fleet;

import io.rebootless.cli.server.HostFilter;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/** Which hosts a command asks about; all, if nothing is said. */
final class HostSelection {
    @Option(names = "--label", paramLabel = "KEY=VALUE", description = "Only hosts that carry it; repeat to narrow.")
    private Map<String, String> labels = new TreeMap<>();

    @Option(names = "--group", paramLabel = "NAME", description = "Only hosts of this group.")
    private Optional<String> group = Optional.empty();

    @Option(
            names = "--query",
            paramLabel = "QUERY",
            description =
                    "Only hosts that this finds, such as 'env==prod;fact.os.id==debian': `rebootless group --help`.")
    private Optional<String> query = Optional.empty();

    HostFilter filter() {
        return new HostFilter(labels, group, query);
    }
}
