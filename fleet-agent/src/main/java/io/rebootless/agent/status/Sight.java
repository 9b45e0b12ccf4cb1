package io.rebootless.agent.status;

import io.rebootless.agent.cycle.Holds;
import io.rebootless.agent.cycle.Rules;
import io.rebootless.agent.host.BootClock;
import io.rebootless.agent.host.HostIdentity;
import io.rebootless.agent.host.KernelArgument;
import io.rebootless.agent.host.ProcessTable;
import io.rebootless.agent.kernel.KernelIdentity;
import io.rebootless.agent.kernel.LivepatchKernel;
import io.rebootless.agent.memory.Hold;
import io.rebootless.agent.memory.InForce;
import io.rebootless.agent.memory.Memory;
import io.rebootless.agent.memory.StateDirectory;
import io.rebootless.agent.policy.LocalFiles;
import io.rebootless.agent.settings.Loader;
import io.rebootless.agent.settings.Settings;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.wire.LivepatchState;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * All that a status is drawn from: it depends on nothing else.
 *
 * @param server the patch server
 * @param enrolled whether the host has a token
 * @param memory what the agent remembers
 * @param described what is known of the bundle that settled last
 * @param holds in effect, the one that goes furthest first
 * @param host its name and this boot's
 * @param kernel what runs here
 * @param loader who has the kernel load livepatches
 * @param livepatch what the kernel says
 * @param service whether the service is alive
 * @param trust whom this host trusts
 * @param now since boot
 * @param rules for transitions and soaks
 */
record Sight(
        Optional<URI> server,
        boolean enrolled,
        Memory memory,
        Optional<InForce> described,
        List<Hold> holds,
        HostIdentity host,
        KernelBuild kernel,
        Loader loader,
        LivepatchState livepatch,
        ServiceState service,
        TrustState trust,
        Duration now,
        Rules rules) {
    Sight {
        holds = List.copyOf(holds);
    }

    /** Looks at the host; changes nothing and takes no lock. */
    static Sight of(Settings settings, StateDirectory state, Rules rules, Instant wall) throws IOException {
        var host = HostIdentity.read(settings.proc());
        var livepatches = LivepatchKernel.by(settings);
        // Before the kernel: what settles in between is seen as behind, never the other way round.
        var memory = state.look();
        var described = state.inForce();
        return new Sight(
                settings.server(),
                state.enrolled(),
                memory,
                described,
                Holds.inEffect(
                        state, KernelArgument.read(settings.proc()), new LocalFiles(settings.directory()).read(), wall),
                host,
                KernelIdentity.read(settings.proc(), settings.sysfs(), System.getProperty("os.arch", "unknown")),
                settings.loader(),
                livepatches.state(),
                ServiceState.of(state.service(), host.bootId(), new ProcessTable(settings.proc())),
                TrustState.look(settings.trustDirectory(), livepatches),
                BootClock.of(settings.proc()).sinceBoot(),
                rules);
    }
}
