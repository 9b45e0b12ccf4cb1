package io.rebootless.agent.memory;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.wire.QuarantinedBundle;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the crash guard goes by.
 *
 * @param boot the boot that an agent has seen last; absent in the memory of versions before the guard
 * @param silentEnds boots that ended without a word while nothing was being tried, lately
 * @param quarantined what is not applied again until the server lifts it, oldest first
 */
public record CrashWatch(Optional<Boot> boot, List<SilentEnd> silentEnds, List<QuarantinedBundle> quarantined) {
    public static final CrashWatch NONE = new CrashWatch(Optional.empty(), List.of(), List.of());

    /**
     * A boot, as far as the agent has seen it.
     *
     * @param id {@code /proc/sys/kernel/random/boot_id}
     * @param kernel what ran in it
     * @param uptime seen at least
     */
    public record Boot(String id, KernelBuild kernel, Duration uptime) {}

    /**
     * A boot that ended without a word under a settled bundle.
     *
     * @param bundle the bundle's identity
     * @param bootId the boot that ended
     * @param at when that was noticed, by the wall clock
     * @param outlived how long the host has certainly been up since, whatever the wall clock says
     */
    public record SilentEnd(Sha256 bundle, String bootId, Instant at, Duration outlived) {
        public SilentEnd outlivedBy(Duration uptime) {
            return new SilentEnd(bundle, bootId, at, outlived.plus(uptime));
        }
    }

    public CrashWatch(
            Optional<Boot> boot, @Nullable List<SilentEnd> silentEnds, @Nullable List<QuarantinedBundle> quarantined) {
        this.boot = boot;
        this.silentEnds = silentEnds == null ? List.of() : List.copyOf(silentEnds);
        this.quarantined = quarantined == null ? List.of() : List.copyOf(quarantined);
    }

    public CrashWatch in(Boot newBoot) {
        return new CrashWatch(Optional.of(newBoot), silentEnds, quarantined);
    }

    public CrashWatch with(List<SilentEnd> ends) {
        return new CrashWatch(boot, ends, quarantined);
    }

    public CrashWatch with(QuarantinedBundle another) {
        var more = new ArrayList<>(quarantined);
        more.add(another);
        return new CrashWatch(boot, silentEnds, more);
    }

    /** Without these quarantines; what they were drawn from is forgotten with them. */
    public CrashWatch without(Set<UUID> lifted) {
        var free = quarantined.stream()
                .filter(one -> lifted.contains(one.id()))
                .map(QuarantinedBundle::bundle)
                .collect(Collectors.toUnmodifiableSet());
        return new CrashWatch(
                boot,
                silentEnds.stream().filter(end -> !free.contains(end.bundle())).toList(),
                quarantined.stream().filter(one -> !lifted.contains(one.id())).toList());
    }

    /** The quarantine that a bundle is in. */
    public Optional<QuarantinedBundle> quarantine(Sha256 identity) {
        return quarantined.stream().filter(one -> one.bundle().equals(identity)).findFirst();
    }
}
