package io.rebootless.server.rollout;

import io.rebootless.server.access.Caller;
import io.rebootless.server.audit.AuditAction;
import io.rebootless.server.audit.AuditLog;
import io.rebootless.server.catalog.Catalog;
import io.rebootless.server.catalog.CatalogGeneration;
import io.rebootless.server.problem.Paging;
import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.wire.Rollout;
import io.rebootless.wire.RolloutLever;
import io.rebootless.wire.RolloutPlan.Start;
import io.rebootless.wire.RolloutState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What operators do with rollouts. Each lever waits for the engine's look under way, and the next look goes by it. */
@Service
class RolloutLevers {
    private final JdbcClient jdbc;
    private final Rollouts rollouts;
    private final Builds builds;
    private final Members members;
    private final Plans plans;
    private final RolloutEngine engine;
    private final Catalog catalog;
    private final CatalogGeneration generation;
    private final AuditLog audit;
    private final TransactionTemplate transaction;

    RolloutLevers(
            JdbcClient jdbc,
            Rollouts rollouts,
            Builds builds,
            Members members,
            Plans plans,
            RolloutEngine engine,
            Catalog catalog,
            CatalogGeneration generation,
            AuditLog audit,
            PlatformTransactionManager transactions) {
        this.jdbc = jdbc;
        this.rollouts = rollouts;
        this.builds = builds;
        this.members = members;
        this.plans = plans;
        this.engine = engine;
        this.catalog = catalog;
        this.generation = generation;
        this.audit = audit;
        this.transaction = new TransactionTemplate(transactions);
    }

    static String subject(String publication) {
        return "rollout:" + publication;
    }

    /** Chooses the plan of a rollout that has not begun, or of a publication that is still to come. */
    void choose(String publication, String planName, Caller caller) {
        pull(publication, false, now -> {
            var plan = plans.find(planName)
                    .orElseThrow(() ->
                            Paging.bad("plan", planName, "the name of a plan", "`rebootless plan list` shows them."));
            for (Build build : builds.of(publication)) {
                if (build.state() != RolloutState.WAITING) {
                    throw ProblemType.ROLLOUT_CONFLICT.because(
                            "The rollout of %s has begun, by the plan that it had then.".formatted(publication));
                }
                if (build.plan().start() == Start.APPROVED) {
                    // Or whoever has published could do without the other person, or change what that one has approved.
                    demandOther(publication, caller);
                }
            }
            rollouts.choose(publication, planName, plans.asText(plan.plan()), now);
            audit.record(
                    AuditAction.ROLLOUT_PLAN_CHOSEN,
                    subject(publication),
                    Map.of("plan", planName, "rings", plan.plan().rings().size()));
        });
    }

    /** Forgets the plan that was chosen for a publication that has not come: it would go by the default one. */
    void forget(String publication) {
        pull(publication, true, now -> {
            // Not only what the engine has seen: what it will see at its next look goes by what was chosen.
            if (published(publication)) {
                throw ProblemType.ROLLOUT_CONFLICT.because(
                        "Bundles of %s are published: its rollout is on record.".formatted(publication));
            }
            rollouts.forget(publication);
            audit.record(AuditAction.ROLLOUT_FORGOTTEN, subject(publication), Map.of());
        });
    }

    private boolean published(String publication) {
        return jdbc.sql("SELECT EXISTS (SELECT FROM bundle WHERE publication = :publication)")
                .param("publication", publication)
                .query(Boolean.class)
                .single();
    }

    /** Lets a rollout begin that waits for another person than the one who has published: as far as it is published. */
    private void approve(String publication, Caller caller, @Nullable String reason) {
        pull(publication, true, now -> {
            toApprove(publication, rollouts.find(publication).orElseThrow(), builds.of(publication), caller);
            rollouts.approve(publication, caller.name(), reason, now);
            builds.approve(publication);
            audit.record(AuditAction.ROLLOUT_APPROVED, subject(publication), detail(reason));
        });
    }

    private List<Build> toApprove(String publication, Rollout rollout, List<Build> all, Caller caller) {
        var waiting = all.stream()
                .filter(build -> build.state() == RolloutState.WAITING && !build.approved() && !build.withdrawn())
                .toList();
        if (rollout.plan().start() != Start.APPROVED || waiting.isEmpty()) {
            throw ProblemType.ROLLOUT_CONFLICT.because(
                    "The rollout of %s waits for nobody's approval.".formatted(publication));
        }
        demandOther(publication, caller);
        return waiting;
    }

    private void demandOther(String publication, Caller caller) {
        if (publishers(publication).contains(caller.id())) {
            throw ProblemType.ROLLOUT_CONFLICT.because(
                    "%s has published %s: somebody else has to decide.".formatted(caller.name(), publication),
                    "Use a key of another person.");
        }
    }

    /** Whose keys have published its bundles, by the audit log. */
    private List<String> publishers(String publication) {
        return jdbc.sql("""
                        SELECT DISTINCT a.actor_id FROM audit_entry a
                        JOIN bundle b ON a.subject = 'bundle:' || b.identity
                        WHERE b.publication = :publication AND a.action = :action
                        """)
                .param("publication", publication)
                .param("action", AuditAction.BUNDLE_PUBLISHED.word())
                .query((row, number) -> row.getString("actor_id"))
                .list();
    }

    /** No further host is handed the bundle; those that were go on. Once more changes the reason. */
    private void pause(String publication, String by, @Nullable String reason) {
        pull(publication, true, now -> {
            active(publication, builds.of(publication));
            rollouts.pause(publication, by, reason, now);
            builds.of(publication).forEach(build -> members.takeBack(build, now));
            audit.record(AuditAction.ROLLOUT_PAUSED, subject(publication), detail(reason));
        });
    }

    /**
     * Has a rollout go on: one that was aborted, else one that is paused, else one that has halted, else one that was
     * superseded, one after the other, so that whoever ends a pause takes no crash on himself. Of those that do not merely
     * end a pause, what has happened so far is excused: only what happens from now on halts them again, and a quarantine
     * is lifted.
     */
    private void resume(String publication, @Nullable String reason) {
        pull(publication, true, now -> {
            var rollout = rollouts.find(publication).orElseThrow();
            boolean paused = rollout.paused() != null;
            var resumed = toResume(publication, rollout, builds.of(publication));
            rollouts.pause(publication, null, null, now);
            for (Build build : resumed) {
                builds.liftQuarantine(build);
                members.excuse(build);
                var state = build.ring() == 0 ? RolloutState.WAITING : RolloutState.RUNNING;
                builds.move(build, state, build.ring(), null, now);
            }
            var detail = new TreeMap<String, Object>(detail(reason));
            detail.put("paused", paused);
            detail.put("levels", resumed.stream().map(Build::level).toList());
            audit.record(AuditAction.ROLLOUT_RESUMED, subject(publication), detail);
        });
    }

    /** None where a pause is ended and nothing else. */
    private static List<Build> toResume(String publication, Rollout rollout, List<Build> all) {
        var aborted = in(all, RolloutState.ABORTED);
        if (!aborted.isEmpty() || rollout.paused() != null) {
            return aborted;
        }
        var halted = in(all, RolloutState.HALTED);
        var resumed = halted.isEmpty() ? in(all, RolloutState.SUPERSEDED) : halted;
        if (resumed.isEmpty()) {
            throw ProblemType.ROLLOUT_CONFLICT.because(whyNotToResume(all).formatted(publication));
        }
        return resumed;
    }

    private static String whyNotToResume(List<Build> all) {
        if (!all.isEmpty() && all.stream().allMatch(Build::withdrawn)) {
            return "%s was withdrawn, for good.";
        }
        boolean outrun = all.stream().anyMatch(build -> build.state() == RolloutState.SUPERSEDED && build.outrun());
        return outrun
                ? "A higher level than that of %s is on its way to the same kernel build, or has come there."
                : "The rollout of %s neither stands still nor has halted.";
    }

    private static List<Build> in(List<Build> all, RolloutState state) {
        return all.stream()
                .filter(build -> build.state() == state && !build.outrun() && !build.withdrawn())
                .toList();
    }

    /**
     * Ends a rollout: no further host is handed the bundle, those that were keep it. Bundles that are added to the
     * publication later stand still, too.
     */
    private void abort(String publication, String by, @Nullable String reason) {
        pull(publication, true, now -> {
            for (Build build : active(publication, builds.of(publication))) {
                members.takeBack(build, now);
                builds.move(build, RolloutState.ABORTED, build.ring(), reason, now);
            }
            rollouts.pause(publication, by, reason, now);
            audit.record(AuditAction.ROLLOUT_ABORTED, subject(publication), detail(reason));
        });
    }

    private static List<Build> active(String publication, List<Build> all) {
        var active = all.stream().filter(build -> build.state().active()).toList();
        if (active.isEmpty()) {
            throw ProblemType.ROLLOUT_CONFLICT.because(
                    all.isEmpty()
                            ? "The rollout of %s has not begun: nothing is published under this name."
                                    .formatted(publication)
                            : "The rollout of %s is over.".formatted(publication));
        }
        return active;
    }

    /**
     * The bundles whose hosts a lever would touch.
     *
     * @throws ProblemException if it would be refused, but for want of rights
     */
    List<Build> concerned(String publication, RolloutLever lever, Caller caller) {
        var rollout = rollouts.find(publication).orElseThrow(() -> Rollouts.absent(publication));
        var all = builds.of(publication);
        return switch (lever) {
            case APPROVE -> toApprove(publication, rollout, all, caller);
            case PAUSE, ABORT -> active(publication, all);
            case RESUME -> {
                var resumed = toResume(publication, rollout, all);
                // To end a pause moves on what has not halted, too.
                yield resumed.isEmpty()
                        ? all.stream()
                                .filter(build -> build.state().active() && build.state() != RolloutState.HALTED)
                                .toList()
                        : resumed;
            }
            case WITHDRAW -> all.stream().filter(build -> !build.withdrawn()).toList();
        };
    }

    /** Pulls one of those that are a rollout's own. */
    void pull(String publication, RolloutLever lever, Caller caller, @Nullable String reason) {
        switch (lever) {
            case APPROVE -> approve(publication, caller, reason);
            case PAUSE -> pause(publication, caller.name(), reason);
            case RESUME -> resume(publication, reason);
            case ABORT -> abort(publication, caller.name(), reason);
            case WITHDRAW -> throw new IllegalArgumentException("a publication is withdrawn from the catalogue");
        }
    }

    /** In the engine's turn, and told to all servers. */
    private void pull(String publication, boolean existing, Consumer<Instant> lever) {
        transaction.executeWithoutResult(status -> {
            Instant now = engine.takeTurn();
            if (existing && rollouts.find(publication).isEmpty()) {
                throw Rollouts.absent(publication);
            }
            lever.accept(now);
            generation.advance();
        });
        catalog.refreshOnceCommitted();
    }

    private static Map<String, Object> detail(@Nullable String reason) {
        return reason == null ? Map.of() : Map.of("reason", reason);
    }
}
