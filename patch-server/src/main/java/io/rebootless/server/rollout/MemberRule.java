package io.rebootless.server.rollout;

import io.rebootless.wire.AgentState;
import io.rebootless.wire.Failure;
import io.rebootless.wire.RolloutHostState;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where a host stands in a rollout, by what it has said and by what it has not. */
final class MemberRule {
    /** What agents call a reason for which the bundle itself is to be suspected. */
    private static final Set<String> INCIDENTS = Set.of("suspected-crash", "probe-failed");

    /** What they call a failure of the way to the bundle, which they try again by themselves. */
    private static final Set<String> NOT_FETCHED = Set.of("fetch-failed", "digest-mismatch", "directive-mismatch");

    /** What they call a hold of the host's own operator. */
    private static final String HELD_ON_HOST = "held-on-host";

    private MemberRule() {}

    /**
     * What is known of a host.
     *
     * @param was where it stood
     * @param wasDetail what was said of it
     * @param since when it came to stand there
     * @param released when its turn came; absent before
     * @param handed when it was first told to run the bundle; absent before
     * @param left why it is not concerned any more; absent if it is
     * @param held by what it is kept from the bundle; absent if by nothing
     * @param heard when it was last heard of
     * @param report what it has said last; absent if nothing
     * @param settled whether that has this very bundle settled and in force
     * @param quarantine what it says of the bundle that it does not apply again by itself; absent if nothing
     */
    record Facts(
            RolloutHostState was,
            @Nullable String wasDetail,
            Instant since,
            @Nullable Instant released,
            @Nullable Instant handed,
            @Nullable String left,
            @Nullable String held,
            Instant heard,
            @Nullable Report report,
            boolean settled,
            @Nullable Quarantine quarantine) {
        /** The same of a host that stands elsewhere from then on. */
        Facts moved(RolloutHostState to, @Nullable String detail, Instant at, @Nullable Instant releasedAt) {
            return new Facts(to, detail, at, releasedAt, handed, left, held, heard, report, settled, quarantine);
        }

        /** Not heard of since it came to stand where it stands. */
        private boolean stillSilent() {
            return !heard.isAfter(since);
        }
    }

    /**
     * A report.
     *
     * @param ofBundle whether it speaks of this very bundle
     */
    record Report(
            AgentState state, boolean ofBundle, @Nullable Failure failure) {
        /** Of what it says that it has failed with this bundle; absent if it does not. */
        @Nullable
        Failure failed() {
            boolean failed = ofBundle
                    && (state == AgentState.FAILED || state == AgentState.REFUSED)
                    && failure != null
                    && !NOT_FETCHED.contains(failure.name());
            return failed ? failure : null;
        }

        /** By what it says that it is held there; absent if it does not. */
        @Nullable
        Failure held() {
            return state == AgentState.HELD && failure != null && failure.name().equals(HELD_ON_HOST) ? failure : null;
        }
    }

    /** A bundle in quarantine on the host, and whether an operator has lifted that. */
    record Quarantine(Failure reason, boolean lifted) {}

    /**
     * What was found.
     *
     * @param detail for people; absent if the state says all
     */
    record Standing(RolloutHostState state, @Nullable String detail) {
        private static Standing plain(RolloutHostState state) {
            return new Standing(state, null);
        }
    }

    /**
     * How long is too long.
     *
     * @param settleWithin after which a host that was handed the bundle has failed, if it has not settled
     * @param watch for how long silence is suspected after a host has settled
     * @param listening since when nothing has kept hosts from being heard: nobody is silent because the server was
     */
    record Patience(
            Duration silentAfter, Duration fetchWithin, Duration settleWithin, Duration watch, Instant listening) {
        private boolean overSince(Instant sign, Instant now) {
            return !sign.plus(silentAfter).isAfter(now);
        }
    }

    static Standing of(Facts host, Patience patience, Instant now) {
        return host.handed() == null ? before(host, patience, now) : after(host, host.handed(), patience, now);
    }

    private static Standing before(Facts host, Patience patience, Instant now) {
        if (host.left() != null) {
            return new Standing(RolloutHostState.GONE, host.left());
        }
        String held = held(host);
        if (held != null) {
            return new Standing(RolloutHostState.HELD, held);
        }
        if (host.was() == RolloutHostState.UNREACHED && host.stillSilent()) {
            // Whatever server looks, and however long it has listened.
            return new Standing(RolloutHostState.UNREACHED, host.wasDetail());
        }
        Instant sign = latest(host.heard(), host.released(), patience.listening());
        if (!sign.plus(patience.fetchWithin()).isAfter(now)) {
            return new Standing(RolloutHostState.UNREACHED, "last heard of at " + host.heard());
        }
        return Standing.plain(
                host.was() == RolloutHostState.RELEASED ? RolloutHostState.RELEASED : RolloutHostState.DRAWN);
    }

    private static Standing after(Facts host, Instant handed, Patience patience, Instant now) {
        Quarantine quarantine = host.quarantine();
        if (quarantine != null && !quarantine.lifted()) {
            return failed(quarantine.reason());
        }
        if (host.left() != null && host.was() != RolloutHostState.SETTLED && host.was() != RolloutHostState.INCIDENT) {
            return new Standing(RolloutHostState.GONE, host.left());
        }
        if (host.was() == RolloutHostState.SILENT && host.stillSilent()) {
            return new Standing(RolloutHostState.SILENT, host.wasDetail());
        }
        boolean silent = patience.overSince(latest(host.heard(), handed, patience.listening()), now);
        if (host.settled() || host.was() == RolloutHostState.SETTLED) {
            // Whatever it says now, it says of something else. Later it may be switched off.
            Instant settled = host.was() == RolloutHostState.SETTLED ? host.since() : now;
            boolean suspicious = silent && host.left() == null && host.heard().isBefore(settled.plus(patience.watch()));
            return suspicious
                    ? new Standing(RolloutHostState.SILENT, "last heard of at " + host.heard())
                    : Standing.plain(RolloutHostState.SETTLED);
        }
        if (host.was() == RolloutHostState.INCIDENT && quarantine == null) {
            // What was seen stays seen, even if the host was installed anew since.
            return new Standing(RolloutHostState.INCIDENT, host.wasDetail());
        }
        // Before any failure or hold: a host that is not heard of may have crashed after it said so.
        if (silent) {
            return new Standing(RolloutHostState.SILENT, "last heard of at " + host.heard());
        }
        Failure failure = host.report() == null ? null : host.report().failed();
        if (failure != null) {
            return failed(failure);
        }
        String held = held(host);
        if (held != null) {
            return new Standing(RolloutHostState.HELD, held);
        }
        if (!handed.plus(patience.settleWithin()).isAfter(now)) {
            return new Standing(RolloutHostState.FAILED, "it has not settled within " + patience.settleWithin());
        }
        return Standing.plain(RolloutHostState.HANDED);
    }

    private static @Nullable String held(Facts host) {
        if (host.held() != null) {
            return host.held();
        }
        Failure onHost = host.report() == null ? null : host.report().held();
        return onHost == null ? null : words(onHost);
    }

    private static Standing failed(Failure failure) {
        boolean incident = INCIDENTS.contains(failure.name());
        return new Standing(incident ? RolloutHostState.INCIDENT : RolloutHostState.FAILED, words(failure));
    }

    private static String words(Failure failure) {
        return "%s: %s".formatted(failure.name(), failure.message());
    }

    private static Instant latest(Instant heard, @Nullable Instant other, Instant listening) {
        return Stream.of(heard, other == null ? heard : other, listening)
                .max(Instant::compareTo)
                .orElseThrow();
    }
}
