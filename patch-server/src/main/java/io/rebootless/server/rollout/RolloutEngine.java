package io.rebootless.server.rollout;

import io.rebootless.server.audit.Actor;
import io.rebootless.server.audit.AuditAction;
import io.rebootless.server.audit.AuditLog;
import io.rebootless.server.catalog.CatalogGeneration;
import io.rebootless.server.holds.Holds;
import io.rebootless.server.rollout.MemberRule.Patience;
import io.rebootless.server.rollout.MemberRule.Standing;
import io.rebootless.server.rollout.RolloutRule.Step;
import io.rebootless.server.settings.Settings;
import io.rebootless.server.sql.Columns;
import io.rebootless.wire.RolloutHostState;
import io.rebootless.wire.RolloutState;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Has every rollout take its next steps. Any number of servers do so, one at a time: the database's lock is the arbiter,
 * and each decides by what it reads once it has that, so that a step is taken once, and a restart changes nothing.
 */
@Component
class RolloutEngine {
    private static final Logger LOG = LoggerFactory.getLogger(RolloutEngine.class);

    /** Of PostgreSQL's advisory locks; the number means nothing. */
    private static final long LOCK = 6_220_260_729L;

    /** More than any plan has rings; whatever is left is for the next look. */
    private static final int MOST_STEPS = 50;

    private final JdbcClient jdbc;
    private final Builds builds;
    private final Members members;
    private final Holds holds;
    private final CatalogGeneration generation;
    private final AuditLog audit;
    private final Duration shortestSilence;
    private final TransactionTemplate transaction;
    private final Random random = new SecureRandom();
    private Listening listening = Listening.NOT_YET;
    private volatile boolean stuck;

    RolloutEngine(
            JdbcClient jdbc,
            Builds builds,
            Members members,
            Holds holds,
            CatalogGeneration generation,
            AuditLog audit,
            Settings settings,
            PlatformTransactionManager transactions) {
        this.jdbc = jdbc;
        this.builds = builds;
        this.members = members;
        this.holds = holds;
        this.generation = generation;
        this.audit = audit;
        this.shortestSilence =
                Duration.ofSeconds(settings.fleet().pollSeconds()).multipliedBy(3);
        this.transaction = new TransactionTemplate(transactions);
    }

    /**
     * All rollouts take all steps that are due; if they cannot, everything else goes on. Often enough for a halt within
     * seconds of what it is for.
     */
    @Scheduled(fixedDelay = 1, timeUnit = TimeUnit.SECONDS)
    void look() {
        try {
            transaction.executeWithoutResult(status -> step());
            stuck = false;
        } catch (RuntimeException e) {
            // Once: the next look comes in a second.
            if (!stuck) {
                LOG.warn("rollouts stand still: {}", e.getMessage(), e);
            }
            stuck = true;
        }
    }

    private void step() {
        Instant now = takeTurn();
        Instant since = listeningSince(now);
        boolean changed = builds.createMissing(now);
        for (Build build : builds.active()) {
            // One of the same kernel build may have begun just now.
            changed |= goOn(changed ? builds.find(build.bundleId()) : build, since, now);
        }
        if (changed) {
            generation.advance();
        }
    }

    /**
     * Waits for whoever changes rollouts, here or at another server, and has them wait until the transaction ends.
     *
     * @return the time then, by the database's clock
     */
    Instant takeTurn() {
        jdbc.sql("SELECT pg_advisory_xact_lock(:lock)")
                .param("lock", LOCK)
                .query((row, number) -> 0)
                .single();
        return jdbc.sql("SELECT clock_timestamp() AS now")
                .query((row, number) -> Columns.instant(row, "now"))
                .single();
    }

    private synchronized Instant listeningSince(Instant now) {
        listening = listening.at(now);
        return listening.since();
    }

    private boolean goOn(Build start, Instant listening, Instant now) {
        Build build = start;
        boolean changed = false;
        for (int steps = 0; steps < MOST_STEPS; steps++) {
            var hosts = build.state() == RolloutState.WAITING ? Judged.NOBODY : judge(build, listening, now);
            changed |= hosts.told();
            if (!hosts.stood()) {
                // Somebody was handed the bundle meanwhile: it is counted at the next look.
                return changed;
            }
            var step = RolloutRule.next(build.situation(newcomers(build, hosts.counts())), hosts.counts(), now);
            if (step instanceof Step.Stay stay) {
                boolean goesOn = build.state() == RolloutState.WAITING || build.state() == RolloutState.RUNNING;
                if (goesOn && !stay.why().equals(build.reason())) {
                    builds.move(build, build.state(), build.ring(), stay.why(), now);
                }
                return changed;
            }
            take(step, build, hosts.members(), now);
            changed = true;
            build = builds.find(build.bundleId());
        }
        return changed;
    }

    /**
     * Where the hosts stand now.
     *
     * @param told whether some are told otherwise by that
     * @param stood whether it was taken down of all of them
     */
    private record Judged(List<Member> members, Counts counts, boolean told, boolean stood) {
        static final Judged NOBODY = new Judged(List.of(), Counts.of(List.of()), false, true);
    }

    /** Asked for where it matters only: while a rollout goes on, nobody joins it. */
    private boolean newcomers(Build build, Counts hosts) {
        if (build.state() == RolloutState.WAITING) {
            return build.populated();
        }
        return hosts.reached() == 0 && hosts.of(RolloutHostState.DRAWN) == 0 && builds.newcomers(build);
    }

    private Judged judge(Build build, Instant listening, Instant now) {
        var known = members.of(build, holds.keepingFrom(build.level(), build.published()));
        var plan = build.plan();
        var silentAfter = longer(plan.silentAfter(), shortestSilence);
        int ring = Math.min(build.ring(), plan.rings().size());
        var bake = ring == 0 ? Duration.ZERO : plan.rings().get(ring - 1).bake();
        var patience = new Patience(
                silentAfter,
                longer(plan.fetchWithin(), shortestSilence),
                plan.settleWithin(),
                longer(silentAfter, bake),
                listening);
        Map<Member, Standing> moved = new LinkedHashMap<>();
        var judged = new ArrayList<Member>();
        boolean told = false;
        for (Member member : known) {
            var standing = MemberRule.of(member.facts(), patience, now);
            if (!standing.equals(new Standing(member.state(), member.facts().wasDetail()))) {
                moved.put(member, standing);
                told |= member.state() == RolloutHostState.RELEASED
                        || (build.state() != RolloutState.RUNNING && standing.state() != member.state());
            }
            judged.add(member.standing(standing, now));
        }
        boolean stood = moved.isEmpty() || members.stand(build, moved, now);
        return new Judged(judged, Counts.of(judged.stream().map(Member::counted).toList()), told, stood);
    }

    private void take(Step step, Build build, List<Member> hosts, Instant now) {
        if (step instanceof Step.Draw) {
            members.draw(build, DrawRule.order(members.candidates(build), random), now);
            move(build, RolloutState.RUNNING, 1, null, AuditAction.ROLLOUT_BEGUN, now);
        } else if (step instanceof Step.Release release) {
            members.release(build, next(hosts, release.hosts()), now);
        } else if (step instanceof Step.NextRing) {
            move(build, RolloutState.RUNNING, build.ring() + 1, null, AuditAction.ROLLOUT_RING_BEGUN, now);
        } else if (step instanceof Step.TakeBack) {
            members.takeBack(build, now);
        } else if (step instanceof Step.Halt halt) {
            members.takeBack(build, now);
            halt(build, halt, now);
        } else if (step instanceof Step.Quarantine quarantine) {
            builds.quarantine(build, quarantine.why(), now);
            LOG.warn("{} is quarantined: {}", build.identity(), quarantine.why());
            move(build, build.state(), build.ring(), quarantine.why(), AuditAction.ROLLOUT_BUNDLE_QUARANTINED, now);
        } else if (step instanceof Step.End end) {
            members.takeBack(build, now);
            move(build, end.state(), build.ring(), end.why(), AuditAction.ROLLOUT_ENDED, now);
        } else {
            throw new IllegalStateException("no step: " + step);
        }
    }

    private static List<UUID> next(List<Member> hosts, int count) {
        return hosts.stream()
                .filter(host -> host.state() == RolloutHostState.DRAWN)
                .limit(count)
                .map(Member::host)
                .toList();
    }

    private void halt(Build build, Step.Halt halt, Instant now) {
        if (halt.quarantine()) {
            builds.quarantine(build, halt.why(), now);
        }
        LOG.warn("the rollout of {} has halted: {}", build.identity(), halt.why());
        var action = halt.quarantine() ? AuditAction.ROLLOUT_BUNDLE_QUARANTINED : AuditAction.ROLLOUT_HALTED;
        move(build, RolloutState.HALTED, build.ring(), halt.why(), action, now);
    }

    private void move(
            Build build, RolloutState state, int ring, @Nullable String why, AuditAction action, Instant now) {
        builds.move(build, state, ring, why, now);
        var detail = new LinkedHashMap<String, Object>();
        detail.put("bundle", build.identity().hex());
        detail.put("level", build.level());
        detail.put("ring", ring);
        detail.put("state", state);
        if (why != null) {
            detail.put("reason", why);
        }
        audit.record(Actor.server(), action, RolloutLevers.subject(build.publication()), detail);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
