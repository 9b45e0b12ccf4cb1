package io.rebootless.agent.kernel;

import io.rebootless.agent.host.HostIdentity;
import io.rebootless.agent.kernel.Loads.Load;
import io.rebootless.agent.kernel.ModuleTable.Presence;
import io.rebootless.bundle.Bundle;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The livepatches that this agent has loaded itself: which of them the kernel holds, one more, or one less. */
final class OwnLivepatches {
    private final LivepatchCore core;
    private final ModuleTable modules;
    private final Path proc;
    private final RuntimeFolder folder;
    private final StandardLoader loader;

    OwnLivepatches(Path proc, Path sysfs, RuntimeFolder folder, StandardLoader loader) {
        this.core = new LivepatchCore(sysfs);
        this.modules = new ModuleTable(sysfs);
        this.proc = proc;
        this.folder = folder;
        this.loader = loader;
    }

    /** Those in force, the newest last. In a transition the one that is replaced is held too. */
    List<Load> held() throws IOException {
        return those(Presence.HELD);
    }

    /** Levels below it are refused. The agent may have been killed before it could note that of what is in force. */
    long floor() throws IOException {
        return Math.max(
                loads().floor(), held().stream().mapToLong(Load::floor).max().orElse(0));
    }

    void raiseFloor(long to) throws IOException {
        folder.write(loads().raised(to));
    }

    /**
     * Has the kernel load the livepatch of a bundle for which all else is in order. {@link Loads} says why what is
     * written down is written in this order.
     */
    void load(String attempted, Path image, Bundle bundle) throws IOException, KernelRefusedException {
        var header = bundle.header();
        String module = header.module();
        if (loader.atWork(image)) {
            throw KernelRefusedException.by(
                    attempted, "busy", "an insmod that was started before is still at work in the kernel");
        }
        if (modules.presence(module) != Presence.ABSENT) {
            throw KernelRefusedException.by(
                    attempted,
                    "loader-failed",
                    "a module named %s is loaded already; the kernel takes no second one (EEXIST)".formatted(module));
        }
        folder.write(loads().beginning(new Load(
                module, header.level(), header.floor(), header.downgradeSafe(), bundle.identity(), false)));
        StandardLoader.Outcome outcome;
        try {
            outcome = loader.load(image, folder.inSpool("insmod"));
        } catch (StandardLoader.MissingException e) {
            folder.write(loads().without(module));
            throw KernelRefusedException.by(attempted, "loader-missing", String.valueOf(e.getMessage()));
        }
        // What is in force counts, even if the loader did not live to tell. If it has said that it failed, a module of
        // that name is somebody else's, who was quicker.
        boolean inForce = !outcome.refused() && modules.presence(module) == Presence.HELD && core.has(module);
        var loads = outcome.refused()
                ? loads().without(module)
                : outcome.ended() ? loads().over(module).struckOut(modules::isAbsent) : loads();
        folder.write(inForce ? loads.raised(header.floor()) : loads);
        if (outcome.failure().isPresent()) {
            throw KernelRefusedException.by(
                    attempted, "loader-failed", outcome.failure().get());
        }
        if (!inForce) {
            throw KernelRefusedException.by(
                    attempted,
                    "not-live",
                    "insmod reported success, but /sys/kernel/livepatch/%s is not in force".formatted(module));
        }
    }

    /** Has all that nothing holds unloaded. */
    void clear(String attempted) throws IOException, KernelRefusedException {
        var failure = unload(attempted);
        if (failure.isPresent()) {
            throw KernelRefusedException.by(attempted, "loader-failed", failure.get());
        }
        var left = those(Presence.IDLE).stream().map(Load::module).toList();
        if (!left.isEmpty()) {
            throw KernelRefusedException.by(
                    attempted, "still-present", "expected no unreferenced livepatch, found " + left);
        }
    }

    /** The same, as far as it can be done; the first failure's words. */
    Optional<String> unload(String attempted) throws IOException, KernelRefusedException {
        var failures = new ArrayList<String>();
        var idle = those(Presence.IDLE);
        for (var load : idle) {
            try {
                loader.unload(load.module(), folder.inSpool("rmmod")).failure().ifPresent(failures::add);
            } catch (StandardLoader.MissingException e) {
                throw KernelRefusedException.by(attempted, "loader-missing", String.valueOf(e.getMessage()));
            }
        }
        var before = loads();
        var left = before.struckOut(modules::isAbsent);
        for (var unloaded : idle) {
            left = modules.isAbsent(unloaded.module()) ? left.without(unloaded.module()) : left;
        }
        if (!left.equals(before)) {
            folder.write(left);
        }
        return failures.stream().findFirst();
    }

    private Loads loads() throws IOException {
        return folder.loads(HostIdentity.read(proc).bootId());
    }

    private List<Load> those(Presence presence) throws IOException {
        var those = new ArrayList<Load>();
        for (var load : loads().loads()) {
            if (modules.presence(load.module()) == presence) {
                those.add(load);
            }
        }
        return those;
    }
}
