package io.rebootless.agent.command;

import io.rebootless.agent.authority.ServerAuthorities;
import io.rebootless.agent.cycle.Cycle;
import io.rebootless.agent.cycle.Equipment;
import io.rebootless.agent.cycle.Patrol;
import io.rebootless.agent.cycle.Patrol.NotEnrolledException;
import io.rebootless.agent.cycle.Rules;
import io.rebootless.agent.fetch.BundleCache;
import io.rebootless.agent.fetch.BundleFetch;
import io.rebootless.agent.host.BootClock;
import io.rebootless.agent.host.HostIdentity;
import io.rebootless.agent.kernel.KernelIdentity;
import io.rebootless.agent.kernel.SysfsKernel;
import io.rebootless.agent.log.EventLog;
import io.rebootless.agent.memory.StateDirectory;
import io.rebootless.agent.server.ServerClient;
import io.rebootless.agent.server.Timeouts;
import io.rebootless.agent.server.Tls;
import io.rebootless.agent.settings.Settings;
import io.rebootless.agent.settings.SettingsException;
import io.rebootless.agent.transport.ProxySettings;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.trust.TrustDirectory;
import io.rebootless.trust.TrustedPublishers;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;

/** Puts the parts together for one command, as the settings say. */
final class Workplace {
    /** Zero until the crash guard can make use of it: a finished transition counts as settled. */
    private static final Duration SOAK = Duration.ZERO;

    private static final Path MACHINE_ID = Path.of("/etc/machine-id");

    private final Settings settings;
    private final StateDirectory state;
    private final Equipment equipment;

    private Workplace(Settings settings, StateDirectory state, Equipment equipment) {
        this.settings = settings;
        this.state = state;
        this.equipment = equipment;
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

    /** For commands that act: makes the directories that are missing. */
    static Workplace set(Settings settings) throws IOException {
        var state = state(settings);
        state.create();
        var cache = new BundleCache(state.bundles());
        cache.create();
        var clock = BootClock.of(settings.proc());
        var equipment = new Equipment(
                state,
                new SysfsKernel(settings.sysfs()),
                cache,
                new BundleFetch(cache, clock::sinceBoot, Timeouts.STANDARD.download()),
                () -> trust(settings),
                running(settings),
                HostIdentity.read(settings.proc()).with(machineId(state)),
                settings.proc(),
                clock,
                InstantSource.system(),
                new SecureRandom(),
                new Rules(settings.transitionDeadline(), SOAK),
                AgentVersion.number(),
                EventLog.standard());
        return new Workplace(settings, state, equipment);
    }

    StateDirectory state() {
        return state;
    }

    Equipment equipment() {
        return equipment;
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
            return new ServerClient(
                    server, tls, proxy.routes(System.getenv()), Timeouts.STANDARD, AgentVersion.number());
        } catch (IllegalArgumentException e) {
            throw new SettingsException(String.valueOf(e.getMessage()));
        }
    }
}
