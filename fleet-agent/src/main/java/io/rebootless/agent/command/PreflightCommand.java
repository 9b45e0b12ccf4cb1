package io.rebootless.agent.command;

import io.rebootless.agent.authority.ServerAuthorities;
import io.rebootless.agent.kernel.LivepatchKernel;
import io.rebootless.agent.log.EventLog;
import io.rebootless.agent.preflight.HostFiles;
import io.rebootless.agent.preflight.Preflight;
import io.rebootless.agent.preflight.Report;
import io.rebootless.agent.server.Tls;
import io.rebootless.agent.settings.Settings;
import io.rebootless.agent.settings.SettingsException;
import io.rebootless.kernel.BuildId;
import io.rebootless.wire.BuildCoverage;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "preflight",
        description = {
            "Says, before enrolment, whether this host can be patched, and if not, why and what to do.",
            "",
            "Needs no settings and no enrolment, and changes nothing. What only root may look at is marked with ? for others, and counts as a warning.",
            "",
            "  rebootless-agent preflight --server https://patches.example:8443 --ca ca.pem"
        })
final class PreflightCommand implements Callable<Integer> {
    @ParentCommand
    private AgentCommand agent = new AgentCommand();

    @Option(
            names = "--server",
            paramLabel = "URL",
            description = "Looks whether it can be reached, and asks it whether this kernel is covered.")
    private @Nullable String server;

    @Mixin
    private WayOptions way = new WayOptions();

    @Option(
            names = "--bundle",
            paramLabel = "FILE",
            description =
                    "Looks whether this host could take it: kernel build, functions in others' hands, module signature.")
    private @Nullable Path bundle;

    @Option(names = "--json", description = "For programs: one JSON object, fields are only ever added.")
    private boolean json;

    /** Its first three mean something else than other commands'. */
    static Map<String, String> exitCodes() {
        var meanings = ExitCode.meanings();
        meanings.put("0", "ready: this host can be patched");
        meanings.put("1", "it can be patched, as far as could be looked at; there are warnings");
        meanings.put("2", "as it is, this host cannot be patched");
        meanings.keySet().removeAll(List.of("3", "4"));
        return meanings;
    }

    @Override
    public Integer call() throws IOException, SettingsException {
        var settings = agent.settingsFile().read();
        var report = new Preflight(
                        new HostFiles(Path.of("/"), settings.proc(), settings.sysfs()),
                        LivepatchKernel.by(settings),
                        settings.trustDirectory(),
                        settings.stateDirectory(),
                        server(settings),
                        authority(settings),
                        Optional.ofNullable(bundle),
                        InstantSource.system(),
                        System::nanoTime)
                .look();
        System.out.println(json ? report.json() : report.text());
        return exitCode(report.verdict());
    }

    static int exitCode(Report.Verdict verdict) {
        return switch (verdict) {
            case READY -> ExitCode.OK;
            case ATTENTION -> ExitCode.BEHIND;
            case BLOCKED -> ExitCode.REFUSED;
        };
    }

    private Optional<Path> authority(Settings settings) {
        return way.ca().or(() -> server != null ? Optional.empty() : settings.ca());
    }

    /** The one that is named here, else the one at which the host is enrolled, with what it has learned of it. */
    private Optional<Preflight.Server> server(Settings settings) throws IOException, SettingsException {
        Optional<URI> uri = server == null ? settings.server() : Optional.of(way.server(server, settings));
        if (uri.isEmpty()) {
            return Optional.empty();
        }
        Tls tls = server == null && way.ca().isEmpty()
                ? ServerAuthorities.of(settings.ca(), Workplace.state(settings), EventLog.standard())
                        .tls()
                : Tls.of(authority(settings));
        var client = Workplace.client(uri.get(), tls, way.proxy(settings.proxy()));
        return Optional.of(new Preflight.Server() {
            @Override
            public BuildCoverage coverage(BuildId build) throws IOException {
                return client.coverage(build);
            }

            @Override
            public String toString() {
                return uri.get().toString();
            }
        });
    }
}
