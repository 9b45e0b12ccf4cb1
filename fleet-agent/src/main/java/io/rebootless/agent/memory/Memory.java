package io.rebootless.agent.memory;

import io.rebootless.agent.memory.Trial.Retreat;
import io.rebootless.kernel.BuildId;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.LivepatchState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All that survives a restart of the agent, but for the journal, the hold, the token and the bundles.
 *
 * @param version 1
 * @param orders what the server said
 * @param standing where the agent stands
 * @param progress how far it is with the kernel
 * @param reporting what the server was told
 * @param floors by build-id: a reboot makes the kernel forget them
 * @param watch what the crash guard goes by; versions before it wrote none
 * @param trial what became of bundles that did not make it; versions before it wrote none
 */
public record Memory(
        int version,
        Orders orders,
        Standing standing,
        Progress progress,
        Reporting reporting,
        Map<String, Long> floors,
        CrashWatch watch,
        Trial trial) {
    public static final int VERSION = 1;

    public static final Memory EMPTY = new Memory(
            VERSION, Orders.NONE, Standing.IDLE, Progress.NONE, Reporting.NONE, Map.of(), CrashWatch.NONE, Trial.NONE);

    public Memory(
            int version,
            Orders orders,
            Standing standing,
            Progress progress,
            Reporting reporting,
            Map<String, Long> floors,
            @Nullable CrashWatch watch,
            @Nullable Trial trial) {
        this.version = version;
        this.orders = orders;
        this.standing = standing;
        this.progress = progress;
        this.reporting = reporting;
        this.floors = Map.copyOf(floors);
        this.watch = watch == null ? CrashWatch.NONE : watch;
        this.trial = trial == null ? Trial.NONE : trial;
    }

    public long floor(BuildId kernel) {
        return floors.getOrDefault(kernel.hex(), 0L);
    }

    public Memory with(Orders changed) {
        return new Memory(version, changed, standing, progress, reporting, floors, watch, trial);
    }

    /** A new standing is news to the server. */
    public Memory with(Standing changed) {
        return changed.equals(standing)
                ? this
                : new Memory(version, orders, changed, progress, reporting.asDue(), floors, watch, trial);
    }

    public Memory with(Progress changed) {
        return new Memory(version, orders, standing, changed, reporting, floors, watch, trial);
    }

    public Memory with(Reporting changed) {
        return new Memory(version, orders, standing, progress, changed, floors, watch, trial);
    }

    public Memory with(CrashWatch changed) {
        return new Memory(version, orders, standing, progress, reporting, floors, changed, trial);
    }

    public Memory with(Trial changed) {
        return new Memory(version, orders, standing, progress, reporting, floors, watch, changed);
    }

    /** Handed over in this boot and not settled. */
    public Optional<HandedOver> attempt(String bootId, BuildId running) {
        return progress.attempt().filter(bundle -> bundle.ofBoot(bootId, running));
    }

    /** Given up in this boot and not gone yet. */
    public Optional<Retreat> retreat(String bootId, BuildId running) {
        return trial.retreat().filter(retreat -> retreat.bundle().ofBoot(bootId, running));
    }

    /** What settled in this boot and is still what the kernel shows, with nothing else on its way in or out. */
    public Optional<HandedOver> settled(String bootId, BuildId running, LivepatchState kernel) {
        return progress.settled()
                .filter(bundle -> bundle.ofBoot(bootId, running) && bundle.shownBy(kernel))
                .filter(bundle -> attempt(bootId, running).isEmpty()
                        && retreat(bootId, running).isEmpty());
    }

    /** What protects this host: it has settled, and is in force for every task. */
    public Optional<BundleReference> inForce(String bootId, BuildId running, LivepatchState kernel) {
        return settled(bootId, running, kernel)
                .filter(bundle -> kernel.inForce())
                .map(HandedOver::reference);
    }

    /** All verdicts, the one on the bundle tried last first. */
    public Stream<Verdict> verdicts() {
        return Stream.concat(progress.verdict().stream(), trial.verdicts().stream());
    }

    /** A floor is only ever raised. */
    public Memory withFloor(BuildId kernel, long floor) {
        if (floor <= floor(kernel)) {
            return this;
        }
        var raised = new TreeMap<>(floors);
        raised.put(kernel.hex(), floor);
        return new Memory(version, orders, standing, progress, reporting, raised, watch, trial);
    }

    /**
     * After joining another server: its orders and numbers are its own, and what was judged under the other's numbers is
     * judged anew; what the kernel runs, or has died of, is not.
     */
    public Memory enrolledAnew() {
        return new Memory(
                VERSION,
                Orders.NONE,
                standing,
                progress.givenAnotherChance(),
                Reporting.NONE,
                floors,
                watch,
                trial.givenAnotherChance().withVerdicts(List.of()));
    }
}
