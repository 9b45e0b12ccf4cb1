package io.rebootless.agent.command;

import io.rebootless.agent.memory.InForce;
import io.rebootless.agent.settings.SettingsException;
import io.rebootless.agent.status.Status;
import io.rebootless.bundle.Cve;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "cves",
        description = {
            "Lists the CVEs that what is in force on this host fixes, each with its severity.",
            "",
            "Only of a level that has settled in this boot and is in force for every task: none during a transition or a soak. Exit code 0 with the list, 1 if nothing is in force. Needs no root and no server."
        })
final class CvesCommand implements Callable<Integer> {
    @ParentCommand
    private AgentCommand agent = new AgentCommand();

    @Option(names = "--json", description = "For programs: one JSON object, fields are only ever added.")
    private boolean json;

    /** For programs; without {@code inForce} there are no CVEs. */
    private record Listing(
            int version,
            boolean inForce,
            Optional<Long> level,
            Optional<String> publication,
            String effectiveRelease,
            List<Cve> cves) {
        static Listing of(Status status) {
            return new Listing(
                    1,
                    status.inForce().isPresent(),
                    status.inForce().map(BundleReference::level),
                    status.inForce().map(BundleReference::publication),
                    status.effectiveRelease(),
                    status.effective().map(InForce::cves).orElse(List.of()));
        }
    }

    @Override
    public Integer call() throws IOException, SettingsException {
        var status = Workplace.status(agent.settings());
        if (status.inForce().isPresent() && status.effective().isEmpty()) {
            throw new IOException(
                    "what level %d fixes is not known here: in-force.json is not there yet; the running service writes it within minutes"
                            .formatted(status.livepatch().level()));
        }
        var listing = Listing.of(status);
        if (json) {
            System.out.println(WireJson.indented().writeValueAsString(listing));
        } else if (listing.inForce()) {
            listing.cves()
                    .forEach(cve -> System.out.printf(
                            "%-20s %s%n", cve.id(), cve.severity().word()));
        } else {
            System.err.println(
                    "no level has settled in this boot and is in force for every task: no CVE is fixed by one");
        }
        return listing.inForce() ? ExitCode.OK : ExitCode.BEHIND;
    }
}
