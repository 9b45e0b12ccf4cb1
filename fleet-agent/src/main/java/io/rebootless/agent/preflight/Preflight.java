package io.rebootless.agent.preflight;

import io.rebootless.agent.kernel.LivepatchKernel;
import io.rebootless.kernel.BuildId;
import io.rebootless.wire.BuildCoverage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Looks at a host before it is enrolled. Needs no settings and no token, and changes nothing.
 *
 * @param files the host's
 * @param livepatches the kernel by the way in which livepatches will come into it
 * @param trustDirectory where publishers' certificates belong
 * @param stateDirectory where the agent will keep bundles
 * @param server which to ask; absent if none is known
 * @param ca the authority given for it
 * @param bundle a bundle that the host is to take one day
 * @param clock the host's
 * @param nanoTime as {@link System#nanoTime}
 */
public record Preflight(
        HostFiles files,
        LivepatchKernel livepatches,
        Path trustDirectory,
        Path stateDirectory,
        Optional<Server> server,
        Optional<Path> ca,
        Optional<Path> bundle,
        InstantSource clock,
        LongSupplier nanoTime) {

    /** The patch server, as one sees it who has no token. */
    public interface Server {
        /** Whether something is published for a kernel build; an error says whether the server was reached. */
        BuildCoverage coverage(BuildId build) throws IOException;

        /** Its address, for people. */
        @Override
        String toString();
    }

    /** Looks, and judges. */
    public Report look() {
        var kernel = new KernelLook(files);
        var running = kernel.build().kernel();
        var given = new BundleLook(bundle, running).check();
        var answer = new ServerLook(server, nanoTime).ask(running);
        var loader = livepatches.loader();
        var modules = new ModuleLook(files, kernel.release(), loader);
        var security = new SecurityLook(files, modules.signing(given.sample()), loader);
        var system = new SystemLook(files, trustDirectory, stateDirectory);

        var checks = new ArrayList<Check>();
        checks.add(kernel.build());
        checks.add(kernel.architecture());
        checks.add(new Coverage(answer, running));
        checks.addAll(kernel.options(loader));
        checks.addAll(security.checks());
        checks.add(modules.present());
        checks.add(modules.loader());
        modules.capability().ifPresent(checks::add);
        checks.add(system.trust(livepatches));
        checks.add(kernel.argument());
        checks.add(kernel.foreign(livepatches));
        checks.add(given);
        checks.add(kernel.functionUsers(given.sample()));
        checks.add(system.disk());
        checks.add(system.clock(clock.instant(), kernel.version(), ca));
        checks.add(new ServerReached(answer));
        checks.add(system.systemd(loader));
        checks.add(system.java());
        return Report.of(running, checks);
    }
}
