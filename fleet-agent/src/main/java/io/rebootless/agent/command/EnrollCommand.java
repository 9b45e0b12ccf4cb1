package io.rebootless.agent.command;

import io.rebootless.agent.durable.DurableFile;
import io.rebootless.agent.host.HostIdentity;
import io.rebootless.agent.memory.Membership;
import io.rebootless.agent.memory.StateDirectory;
import io.rebootless.agent.server.ServerClient;
import io.rebootless.agent.server.ServerException;
import io.rebootless.agent.server.Tls;
import io.rebootless.agent.server.UnreachableException;
import io.rebootless.agent.server.UnreachableException.Reached;
import io.rebootless.agent.settings.Loader;
import io.rebootless.agent.settings.Settings;
import io.rebootless.agent.settings.SettingsException;
import io.rebootless.agent.settings.SettingsFile;
import io.rebootless.agent.transport.Origin;
import io.rebootless.agent.transport.Proxy;
import io.rebootless.agent.transport.ProxySettings;
import io.rebootless.bundle.Sha256;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.Enrollment;
import io.rebootless.wire.EnrollmentRequest;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
        name = "enroll",
        description = {
            "Joins this host to a patch server, with a key made there.",
            "",
            "The key is read from a file, from standard input, or asked for on the terminal: never given as an argument, where every user of the host could see it. Settings go to the settings file, the CA beside it, and the token that the server answers with to the state directory, readable for root only.",
            "",
            "  rebootless-agent enroll --server https://patches.example:8443 \\",
            "      --ca ca.pem --key-file key",
            "",
            "Through a proxy: --proxy http://proxy.example:3128, and its USER:PASSWORD in a file."
        })
final class EnrollCommand implements Callable<Integer> {
    private static final String CA_FILE = "server-ca.pem";
    private static final String PROXY_CREDENTIALS = "proxy-credentials";
    private static final int MAX_KEY_BYTES = 1024;

    @ParentCommand
    private AgentCommand agent = new AgentCommand();

    @Spec
    private CommandSpec spec;

    @Option(names = "--server", required = true, paramLabel = "URL", description = "https://HOST[:PORT]")
    private String server = "";

    @Mixin
    private WayOptions way = new WayOptions();

    @ArgGroup
    private @Nullable KeySource key;

    @Option(names = "--force", description = "Enrol again, though this host is enrolled.")
    private boolean force;

    private static final class KeySource {
        @Option(names = "--key-file", paramLabel = "FILE", description = "Holds the enrolment key.")
        private @Nullable Path file;

        @Option(names = "--key-stdin", description = "The enrolment key comes on standard input.")
        private boolean stdin;
    }

    @Override
    public Integer call() throws IOException, SettingsException {
        var file = agent.settingsFile();
        var settings = file.read();
        URI uri = way.server(server, settings);
        Optional<Path> authority = way.ca();
        var route = proxy(settings.proxy(), uri);
        var client = Workplace.client(uri, Tls.of(authority), route);
        var state = Workplace.state(settings);
        state.create();
        if (state.enrolled() && !force && !state.look().reporting().retired()) {
            throw new SettingsException("this host is enrolled already%s. To enrol it again, as a new host: --force"
                    .formatted(settings.server().map(known -> " at " + known).orElse("")));
        }
        String secret = readKey();
        try (var session = state.open()) {
            // Before the key is used up: whether what follows can be written at all.
            DurableFile.createDirectory(settings.directory());
            file.set(Map.of());
            var host = HostIdentity.read(settings.proc());
            var request = new EnrollmentRequest(
                    AgentProtocol.VERSION,
                    secret,
                    host.hostname(),
                    Workplace.machineId(state),
                    Workplace.running(settings),
                    AgentVersion.number());
            var enrollment = join(client, request, state.attempt(fingerprint(uri, request)));
            // The token last: it says that the rest is there. Ended before, the command is run again, and gets the
            // same.
            write(file, settings.directory(), uri, authority, route);
            state.forgetAuthorities();
            session.save(session.memory().enrolledAnew());
            state.join(new Membership(
                    enrollment.hostId(),
                    enrollment.token(),
                    Duration.ofSeconds(enrollment.pollSeconds()),
                    Optional.of(uri)));
            System.out.printf("✓ %s is enrolled at %s as %s%n", host.hostname(), uri, enrollment.hostId());
            route.proxy()
                    .filter(name -> !name.equals(ProxySettings.NONE))
                    .ifPresent(name -> System.out.printf("  proxy      %s%n", name));
        }
        tellNext(file, state, settings);
        return ExitCode.OK;
    }

    /** Everything that is sent, and where to: if it is the same again, it is the same enrolment. */
    private static Sha256 fingerprint(URI uri, EnrollmentRequest request) {
        return Sha256.of((uri + "\n" + WireJson.mapper().writeValueAsString(request)).getBytes(StandardCharsets.UTF_8));
    }

    private static Enrollment join(ServerClient client, EnrollmentRequest request, UUID attempt) throws IOException {
        try {
            return client.enroll(request, attempt);
        } catch (ServerException refused) {
            throw refused;
        } catch (IOException lost) {
            throw new IOException(
                    lost.getMessage()
                            + switch (lost instanceof UnreachableException e ? e.reached() : Reached.PERHAPS) {
                                case NOBODY -> ". Nothing was sent";
                                case STRANGER ->
                                    ". Nothing was sent; give the CA of the server's certificate: --ca FILE. `rebootless-agent preflight` compares its dates with this host's clock";
                                case PERHAPS ->
                                    ". Run the command again: should the server have enrolled this host already, it gives the same answer, and the key is not used twice";
                            },
                    lost);
        }
    }

    /**
     * The proxy to use now and to write down: the options, or else the settings, or else this shell's environment, which the
     * service does not see.
     */
    private ProxySettings proxy(ProxySettings before, URI uri) throws IOException, SettingsException {
        try {
            return way.proxy(before).spelledOut(Origin.of(uri), System.getenv());
        } catch (IllegalArgumentException e) {
            throw new SettingsException(String.valueOf(e.getMessage()));
        }
    }

    private void write(SettingsFile file, Path directory, URI uri, Optional<Path> authority, ProxySettings route)
            throws IOException {
        var values = new TreeMap<String, String>();
        values.put("server", uri.toString());
        if (authority.isPresent()) {
            Path kept = directory.resolve(CA_FILE);
            if (!Files.exists(kept) || !Files.isSameFile(kept, authority.get())) {
                DurableFile.replace(kept, Files.readAllBytes(authority.get()), DurableFile.PUBLIC);
            }
            values.put("ca", kept.toString());
        } else {
            values.put("ca", "");
        }
        if (way.allowHttp()) {
            values.put("allow.http", "true");
        }
        route.proxy().ifPresent(name -> values.put("proxy", name));
        route.except().ifPresent(names -> values.put("no.proxy", names));
        if (way.proxyCredentials().isPresent()) {
            // A copy: the service does not see home directories.
            Path kept = directory.resolve(PROXY_CREDENTIALS);
            DurableFile.replace(
                    kept, Proxy.readCredentials(way.proxyCredentials().get()), DurableFile.SECRET);
            values.put("proxy.credentials.file", kept.toString());
        }
        file.set(values);
    }

    private static void tellNext(SettingsFile file, StateDirectory state, Settings settings) {
        System.out.printf("  settings   %s%n", file.path());
        System.out.printf("  token      %s/token.json, for root only%n", state);
        try {
            var trusted = Workplace.trust(settings);
            System.out.printf("✓ trusts %s%n", trusted.certificates());
        } catch (IOException e) {
            System.out.printf("✗ no publisher is trusted yet, so nothing can be applied: %s%n", e.getMessage());
            System.out.printf(
                    "  Put the publishers' certificates there%s.%n",
                    settings.loader() == Loader.DIRECT ? "" : ", then restart rebootless-trust");
        }
        System.out.println("Next: systemctl enable --now rebootless-agent, then rebootless-agent status");
        System.out.println(
                "(if it runs already: systemctl restart rebootless-agent; it shows no server another's token)");
    }

    private String readKey() throws IOException, SettingsException {
        String text;
        if (key != null && key.file != null) {
            if (Files.size(key.file) > MAX_KEY_BYTES) {
                throw new SettingsException(key.file + " is too large for an enrolment key");
            }
            text = Files.readString(key.file);
        } else if (key != null && key.stdin) {
            text = new String(System.in.readNBytes(MAX_KEY_BYTES), StandardCharsets.US_ASCII);
        } else {
            text = promptedKey();
        }
        text = text.strip();
        String source = key != null && key.file != null ? key.file + ": " : "";
        if (!text.startsWith(AgentProtocol.ENROLLMENT_KEY_PREFIX)) {
            throw new SettingsException(
                    "%sthat is no enrolment key: one starts with \"%s\" (make one: rebootless enrollment create)"
                            .formatted(source, AgentProtocol.ENROLLMENT_KEY_PREFIX));
        }
        return text;
    }

    /** From Java 22 on there always is a console; without a terminal it reads standard input. */
    @SuppressWarnings("SystemConsoleNull")
    private String promptedKey() {
        var console = System.console();
        char[] typed = console == null ? null : console.readPassword("Enrolment key: ");
        if (typed == null) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "There is no terminal to ask for the key: use --key-file or --key-stdin");
        }
        return new String(typed);
    }
}
