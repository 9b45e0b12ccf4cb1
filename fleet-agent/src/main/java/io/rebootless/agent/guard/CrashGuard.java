package io.rebootless.agent.guard;

import io.rebootless.agent.memory.CrashWatch.SilentEnd;
import io.rebootless.agent.memory.HandedOver;
import io.rebootless.agent.memory.Memory;
import io.rebootless.agent.memory.Trial.Retreat;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a boot says about those before it: a pure function, asked once a boot and before anything is applied in it. */
public final class CrashGuard {
    /** Two boots that end without a word so close together are no coincidence. */
    public static final Duration TWICE_WITHIN = Duration.ofHours(24);

    /** Of the failure that every quarantine names. */
    public static final String SUSPECTED_CRASH = "suspected-crash";

    /**
     * What was found.
     *
     * @param suspect what the host seems to have crashed under
     * @param silentEnds what to remember for the next time
     */
    public record Finding(Optional<Suspect> suspect, List<SilentEnd> silentEnds) {
        public Finding {
            silentEnds = List.copyOf(silentEnds);
        }
    }

    /**
     * A bundle to keep out of the kernel.
     *
     * @param bundle which
     * @param bootId the boot that ended without a word
     * @param reason for people
     */
    public record Suspect(BundleReference bundle, String bootId, Failure reason) {}

    private CrashGuard() {}

    /**
     * Judges the boot that the agent has seen last.
     *
     * @param memory as that boot has left it
     * @param bootId this boot
     * @param endedInOrder boots that have said so
     * @param wall the wall clock: it may be wrong, and be wrong in another way than last time
     */
    public static Finding judge(Memory memory, String bootId, Set<String> endedInOrder, Instant wall) {
        var lasting = memory.watch().boot().map(boot -> boot.uptime()).orElse(Duration.ZERO);
        var ends = memory.watch().silentEnds().stream()
                .map(end -> end.outlivedBy(lasting))
                .filter(end -> near(end, wall))
                .toList();
        var unsettled = unsettled(memory)
                .filter(bundle -> !quarantined(memory, bundle))
                .filter(bundle -> silent(bundle.bootId(), bootId, endedInOrder))
                .map(bundle -> new Suspect(bundle.reference(), bundle.bootId(), tried(bundle)));
        if (unsettled.isPresent()) {
            return new Finding(unsettled, ends);
        }
        var settled = memory.progress()
                .settled()
                .filter(bundle -> !quarantined(memory, bundle))
                .filter(bundle -> memory.watch()
                        .boot()
                        .filter(boot -> boot.id().equals(bundle.bootId()))
                        .isPresent())
                .filter(bundle -> silent(bundle.bootId(), bootId, endedInOrder));
        if (settled.isEmpty()) {
            return new Finding(Optional.empty(), ends);
        }
        var bundle = settled.get();
        var identity = bundle.reference().identity();
        boolean again = ends.stream().anyMatch(end -> end.bundle().equals(identity));
        var remembered = new ArrayList<>(ends);
        remembered.add(new SilentEnd(identity, bundle.bootId(), wall, Duration.ZERO));
        return new Finding(
                again ? Optional.of(new Suspect(bundle.reference(), bundle.bootId(), twice(bundle))) : Optional.empty(),
                remembered);
    }

    /** What ran in part, or had not proved itself yet: it explains a crash better than what had settled. */
    private static Optional<HandedOver> unsettled(Memory memory) {
        var retreat = memory.trial().retreat().map(Retreat::bundle);
        return memory.progress().attempt().or(() -> retreat);
    }

    private static boolean quarantined(Memory memory, HandedOver bundle) {
        return memory.watch().quarantine(bundle.reference().identity()).isPresent();
    }

    private static boolean silent(String boot, String current, Set<String> endedInOrder) {
        return !boot.equals(current) && !endedInOrder.contains(boot);
    }

    /** A clock that was set back makes no time pass; time that the host was up has passed whatever the clock says. */
    private static boolean near(SilentEnd end, Instant wall) {
        return Duration.between(end.at(), wall).compareTo(TWICE_WITHIN) < 0
                && end.outlived().compareTo(TWICE_WITHIN) < 0;
    }

    private static Failure tried(HandedOver bundle) {
        return new Failure(
                SUSPECTED_CRASH,
                "%s (level %d, %s) was handed over and had not settled when boot %s ended without a shutdown; it is not applied again until the server lifts its quarantine"
                        .formatted(
                                bundle.module(),
                                bundle.reference().level(),
                                bundle.reference().publication(),
                                bundle.bootId()));
    }

    private static Failure twice(HandedOver bundle) {
        return new Failure(
                SUSPECTED_CRASH,
                "boot %s was the second within 24 h that ended without a shutdown while %s (level %d, %s) was in force; it is not applied again until the server lifts its quarantine"
                        .formatted(
                                bundle.bootId(),
                                bundle.module(),
                                bundle.reference().level(),
                                bundle.reference().publication()));
    }
}
