package io.rebootless.agent.cycle;

import io.rebootless.agent.fetch.BundleCache;
import io.rebootless.agent.fetch.BundleFetch;
import io.rebootless.agent.guard.ShutdownMarks;
import io.rebootless.agent.host.BootClock;
import io.rebootless.agent.host.HostIdentity;
import io.rebootless.agent.kernel.LivepatchKernel;
import io.rebootless.agent.log.EventLog;
import io.rebootless.agent.memory.StateDirectory;
import io.rebootless.agent.policy.LocalFiles;
import io.rebootless.agent.probe.Probes;
import io.rebootless.agent.verification.Verification;
import io.rebootless.kernel.KernelBuild;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What the state machine works with.
 *
 * @param state its memory
 * @param kernel the module and the livepatch core
 * @param cache bundles at hand
 * @param fetch brings more
 * @param verification tells which of them may be believed
 * @param probes the administrator's, asked whether what is in force may stay
 * @param marks which boots have ended in order
 * @param running the kernel build that runs
 * @param host its name and this boot's
 * @param proc {@code /proc}
 * @param argument what the kernel was told of us when it was started
 * @param local the administrator's files beside the settings
 * @param clock time since boot
 * @param wall wall time: recorded, and never trusted alone, but for the end of a hold
 * @param random for jitter
 * @param rules the administrator's
 * @param agentVersion the agent's own
 * @param log where events are said
 */
public record Equipment(
        StateDirectory state,
        LivepatchKernel kernel,
        BundleCache cache,
        BundleFetch fetch,
        Verification verification,
        Probes probes,
        ShutdownMarks marks,
        KernelBuild running,
        HostIdentity host,
        Path proc,
        Optional<String> argument,
        LocalFiles local,
        BootClock clock,
        InstantSource wall,
        RandomGenerator random,
        Rules rules,
        String agentVersion,
        EventLog log) {}
