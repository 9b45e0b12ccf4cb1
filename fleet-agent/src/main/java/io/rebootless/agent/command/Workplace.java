package io.rebootless.agent.command;

import io.rebootless.agent.authority.ServerAuthorities;
import io.rebootless.agent.cycle.Cycle;
import io.rebootless.agent.cycle.Equipment;
import io.rebootless.agent.cycle.Patrol;
import io.rebootless.agent.cycle.Patrol.NotEnrolledException;
import io.rebootless.agent.cycle.Rules;
import io.rebootless.agent.cycle.Uplink;
import io.rebootless.agent.fetch.BundleCache;
import io.rebootless.agent.fetch.BundleFetch;
import io.rebootless.agent.guard.ShutdownMarks;
import io.rebootless.agent.host.BootClock;
import io.rebootless.agent.host.HostIdentity;
import io.rebootless.agent.host.KernelArgument;
import io.rebootless.agent.host.OsRelease;
import io.rebootless.agent.kernel.KernelIdentity;
import io.rebootless.agent.kernel.LivepatchKernel;
import io.rebootless.agent.log.EventLog;
import io.rebootless.agent.memory.Hold;
import io.rebootless.agent.memory.Standing;
import io.rebootless.agent.memory.StateDirectory;
import io.rebootless.agent.policy.LocalFiles;
import io.rebootless.agent.probe.Probes;
import io.rebootless.agent.server.ServerClient;
import io.rebootless.agent.server.Timeouts;
import io.rebootless.agent.server.Tls;
import io.rebootless.agent.settings.Settings;
import io.rebootless.agent.settings.SettingsException;
import io.rebootless.agent.settings.SettingsFile;
import io.rebootless.agent.status.Status;
import io.rebootless.agent.transport.ProxySettings;
import io.rebootless.agent.verification.ChildVerification;
import io.rebootless.agent.verification.InProcessVerification;
import io.rebootless.agent.verification.Verification;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.trust.TrustDirectory;
import io.rebootless.trust.TrustedPublishers;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;

/** Puts the parts together for one command, as the settings say. */
final class Workplace {
    /** Root's: probes are run by it. */
    private static final int ROOT = 0;

    private static final Path MACHINE_ID = Path.of("/etc/machine-id");

    private final Settings settings;
    private final StateDirectory state;
    private final Equipment equipment;

    private Workplace(Settings settings, StateDirectory state, Equipment equipment) {
        this.settings = settings;
        this.state = state;
        this.equipment = equipment;
    }

    /** The file that was named, else the environment's, else the one where it belongs. */
    static SettingsFile settingsFile(Optional<Path> named) {
        return new SettingsFile(named.or(() -> Optional.ofNullable(System.getenv(SettingsFile.ENVIRONMENT))
                        .map(Path::of))
                .orElse(Settings.DEFAULT_FILE));
    }

    /** A file that was named must be there; the default one need not. */
    static Settings settings(SettingsFile file) throws IOException, SettingsException {
        if (!file.exists() && !file.path().equals(Settings.DEFAULT_FILE)) {
            throw new SettingsException("%s is not there; `rebootless-agent enroll` writes it".formatted(file.path()));
        }
        return file.read();
    }

    /** The agent's own version, from its jar. */
    static String agentVersion() {
        return Optional.ofNullable(Workplace.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    static StateDirectory state(Settings settings) {
        return new StateDirectory(settings.stateDirectory(), UUID::randomUUID);
    }

    static KernelBuild running(Settings settings) throws IOException {
        return KernelIdentity.read(settings.proc(), settings.sysfs(), System.getProperty("os.arch", "unknown"));
    }

    static String machineId(StateDirectory state) throws IOException {
        return HostIdentity.machineId(MACHINE_ID, state.machineId());
    }

    static TrustedPublishers trust(Settings settings) throws IOException {
        return TrustDirectory.load(settings.trustDirectory()).inForce().publishers();
    }

    static Rules rules(Settings settings) {
        return new Rules(
                settings.transitionDeadline(),
                settings.soak(),
                settings.probes().interval());
    }

    /** How things stand now, for those who only look. */
    static Status status(Settings settings) throws IOException {
        return Status.look(settings, state(settings), rules(settings));
    }

    /** For commands that act and end: makes the directories that are missing. */
    static Workplace set(Settings settings) throws IOException {
        return set(settings, InProcessVerification.by(settings.trustDirectory()));
    }

    /** For the service, which stays: what is heavy is done in processes that do not. */
    static Workplace setToStay(Settings settings) throws IOException {
        return set(settings, ChildVerification.by(settings.trustDirectory()));
    }

    private static Workplace set(Settings settings, Verification verification) throws IOException {
        var state = state(settings);
        state.create();
        state.clearDrafts(InstantSource.system().instant());
        var cache = new BundleCache(state.bundles());
        cache.create();
        var clock = BootClock.of(settings.proc());
        var equipment = new Equipment(
                state,
                LivepatchKernel.by(settings, verification),
                cache,
                new BundleFetch(cache, clock::sinceBoot, Timeouts.STANDARD.download()),
                verification,
                new Probes(
                        settings.probes().directory(), ROOT, settings.probes().timeout(), settings.proc()),
                new ShutdownMarks(state.shutdownMarks()),
                running(settings),
                HostIdentity.read(settings.proc()).with(machineId(state), OsRelease.facts(OsRelease.FILES)),
                settings.proc(),
                KernelArgument.read(settings.proc()),
                new LocalFiles(settings.directory()),
                clock,
                InstantSource.system(),
                new SecureRandom(),
                rules(settings),
                agentVersion(),
                EventLog.standard());
        return new Workplace(settings, state, equipment);
    }

    StateDirectory state() {
        return state;
    }

    Equipment equipment() {
        return equipment;
    }

    /** Holds the host, lets what is under way come to its end, and tells the server if it is there to be told. */
    Standing hold(Hold hold) throws IOException, InterruptedException {
        var standing = cycle().hold(hold);
        uplink().report();
        return standing;
    }

    /** The way to the server, if there is one: what is wanted on this host itself does not depend on it. */
    Uplink uplink() {
        try {
            var membership = state.membership();
            if (membership.isPresent()) {
                return patrol().uplink(membership.get());
            }
        } catch (IOException | NotEnrolledException | SettingsException e) {
            equipment.log().warning("the server could not be told: " + e.getMessage());
        }
        return Uplink.NONE;
    }

    Cycle cycle() {
        return new Cycle(equipment);
    }

    Patrol patrol() throws IOException, NotEnrolledException, SettingsException {
        var server = settings.server()
                .orElseThrow(() -> new NotEnrolledException("%s names no server".formatted(settings.file())));
        var authorities = ServerAuthorities.of(settings.ca(), state, equipment.log());
        return new Patrol(equipment, client(server, authorities.tls(), settings.proxy()), authorities);
    }

    /** The way to a server, through a proxy where the settings or the environment say so. */
    static ServerClient client(URI server, Tls tls, ProxySettings proxy) throws IOException, SettingsException {
        try {
            return new ServerClient(server, tls, proxy.routes(System.getenv()), Timeouts.STANDARD, agentVersion());
        } catch (IllegalArgumentException e) {
            throw new SettingsException(String.valueOf(e.getMessage()));
        }
    }
}
