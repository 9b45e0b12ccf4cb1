package io.rebootless.cli.coverage;

import io.rebootless.bundle.Cve;
import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.server.Catalogue;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.kernel.BuildId;
import io.rebootless.wire.NotAffectedRequest;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The publisher's word about a kernel build that never needed a fix. */
@Command(
        name = "not-affected",
        description = {
            "States, or lists, which CVEs do not concern a kernel build.",
            "",
            "A gate calls hosts of that build protected against such a CVE, and names the reason. Both the statement and"
                    + " its retraction are in the audit log."
        },
        footerHeading = "%nExamples%n",
        footer = {
            "  rebootless kernel not-affected BUILD-ID --cve CVE-2026-0001 --reason \"the driver is not built\"",
            "  rebootless kernel not-affected BUILD-ID --cve CVE-2026-0001 --retract",
            "  rebootless kernel not-affected BUILD-ID"
        })
public final class KernelNotAffectedCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    @Parameters(paramLabel = "BUILD-ID", description = "As `kernel inspect` shows it.")
    String buildId;

    @Option(names = "--cve", paramLabel = "CVE", description = "CVE-YYYY-NNNN.")
    Optional<String> cve = Optional.empty();

    @ArgGroup
    Change change = new Change();

    /** Either, and only with a CVE. */
    static final class Change {
        @Option(names = "--reason", paramLabel = "TEXT", description = "Why not, for those who ask later.")
        Optional<String> reason = Optional.empty();

        @Option(names = "--retract", description = "Take the statement back.")
        boolean retract;
    }

    @Override
    public Integer call() throws IOException {
        var build = build();
        var out = spec.commandLine().getOut();
        boolean changes = change.retract || change.reason.isPresent();
        if (cve.isPresent() != changes || cve.filter(id -> !Cve.isId(id)).isPresent()) {
            throw new CommandFailed(
                    ExitCode.USAGE,
                    "name a CVE (CVE-YYYY-NNNN) together with --reason or --retract, or nothing to list");
        }
        var catalogue = Catalogue.connect(server);
        if (cve.isEmpty()) {
            catalogue
                    .statements(build)
                    .forEach(one ->
                            out.println("%-18s %s (%s, %s)".formatted(one.cve(), one.reason(), one.by(), one.at())));
        } else if (change.retract) {
            catalogue.retract(build, cve.get());
            out.println("retracted: nothing is stated about %s and %s any more".formatted(cve.get(), build));
        } else {
            var stated = catalogue.state(build, new NotAffectedRequest(cve.get(), change.reason.orElseThrow()));
            out.println("stated: %s is not affected by %s: %s".formatted(build, stated.cve(), stated.reason()));
        }
        return ExitCode.OK;
    }

    private BuildId build() {
        return CommandFailed.ifUnfit(() -> new BuildId(buildId));
    }
}
