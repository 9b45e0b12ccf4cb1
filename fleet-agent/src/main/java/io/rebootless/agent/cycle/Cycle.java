package io.rebootless.agent.cycle;

import io.rebootless.agent.fetch.FetchException;
import io.rebootless.agent.log.EventLog;
import io.rebootless.agent.memory.Hold;
import io.rebootless.agent.memory.Membership;
import io.rebootless.agent.memory.Memory;
import io.rebootless.agent.memory.Orders;
import io.rebootless.agent.memory.Session;
import io.rebootless.agent.memory.Standing;
import io.rebootless.agent.server.ServerException;
import io.rebootless.bundle.Sha256;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.Directive;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/** Decides, acts, and decides again, until there is nothing left to do now. Not shared between threads. */
public final class Cycle {
    /** Most transitions are over in a moment; the others take their time. */
    private static final Duration GLANCE = Duration.ofMillis(50);

    private static final Duration LONGEST_GLANCE = Duration.ofSeconds(1);

    private static final Duration SHORTEST_WATCH = Duration.ofSeconds(1);

    /** So many steps in a row without coming to rest are a mistake of ours, not work. */
    private static final int MAX_STEPS = 10_000;

    private final Equipment with;
    private final BootWatch boots;
    private final Effects effects;
    private final WayOut wayOut;

    public Cycle(Equipment equipment) {
        this.with = equipment;
        var ledger = new Ledger(equipment);
        this.boots = new BootWatch(equipment, ledger);
        this.effects = new Effects(equipment, boots, ledger);
        this.wayOut = new WayOut(equipment);
    }

    /** Works until the host stands still, or needs a network that is not there. */
    public Standing work(Uplink uplink) throws IOException, InterruptedException {
        try {
            return workToRest(uplink);
        } catch (IOException e) {
            leave(e);
            throw e;
        }
    }

    /** The same, and what is being watched then is watched to its end. */
    public Standing workToEnd(Uplink uplink) throws IOException, InterruptedException {
        var standing = work(uplink);
        while (standing.state() == AgentState.SOAKING) {
            with.clock().pause(due().orElse(SHORTEST_WATCH));
            standing = work(uplink);
        }
        return standing;
    }

    /** Holds the host, and lets what is under way come to its end. What is to be off goes off even if nobody remembers why. */
    public Standing hold(Hold hold) throws IOException, InterruptedException {
        try {
            with.state().place(hold);
        } catch (IOException e) {
            if (hold.mode() != Hold.Mode.OFF) {
                throw e;
            }
            wayOut.turnOff(e);
            if (with.kernel().state().enabled()) {
                throw e;
            }
            throw new IOException(
                    "nothing of ours is on any more, but the hold cannot be kept (%s), and holds only while nothing can be written to %s: see to that, then run this again"
                            .formatted(e.getMessage(), with.state()),
                    e);
        }
        return work(Uplink.NONE);
    }

    /** What has to go goes, even if that cannot be written down; the lock may be out of reach as well. */
    private void leave(IOException trouble) {
        try {
            wayOut.take(Decision.course(look(with.state().look())), trouble);
        } catch (IOException e) {
            trouble.addSuppressed(e);
        }
    }

    private Standing workToRest(Uplink uplink) throws IOException, InterruptedException {
        effects.beginRound();
        try (var session = with.state().open()) {
            boots.observe(session);
        }
        int glances = 0;
        for (int i = 0; i < MAX_STEPS; i++) {
            Step step;
            Standing standing;
            try (var session = with.state().open()) {
                step = Decision.next(look(session));
                var expected = standingOf(step);
                if (expected.isPresent()
                        && !expected.get().equals(session.memory().standing())) {
                    // Say it first: if this step takes the host down, the server knows what it was about.
                    stand(session, expected.get());
                } else {
                    effects.perform(step, session);
                }
                standing = session.memory().standing();
            }
            uplink.report();
            if (step instanceof Step.Rest rest && rest.standing().equals(standing)) {
                return standing;
            }
            if (step instanceof Step.Fetch fetch && standing.state() == AgentState.FETCHING) {
                if (uplink.source().isEmpty()) {
                    return standing;
                }
                fetch(fetch.bundle(), uplink);
            }
            if (step instanceof Step.Verify verify) {
                verify(verify);
                uplink.report();
            }
            if (step instanceof Step.Probe probe && standing.state() == AgentState.SOAKING) {
                probe(probe);
            }
            if (step instanceof Step.Await || step instanceof Step.AwaitGone) {
                var longer = GLANCE.multipliedBy(++glances);
                with.clock().pause(longer.compareTo(LONGEST_GLANCE) < 0 ? longer : LONGEST_GLANCE);
            }
        }
        throw new IOException("the agent came to no rest; please report this");
    }

    /** How long nothing is due; empty if nothing is being watched. A soak goes on while the server is waited for. */
    public Optional<Duration> due() throws IOException {
        var now = with.clock().sinceBoot();
        return with.state()
                .look()
                .progress()
                .attempt()
                .filter(attempt -> attempt.bootId().equals(with.host().bootId()))
                .filter(attempt -> attempt.inForceSince().isPresent())
                .map(attempt -> effects.watch(attempt).next().minus(now))
                .map(left -> left.compareTo(SHORTEST_WATCH) < 0 ? SHORTEST_WATCH : left);
    }

    /** A process begins to look after this boot: whoever has said that the boot was over was wrong. */
    public void begin() throws IOException {
        try (var session = with.state().open()) {
            boots.observe(session);
            boots.goesOn();
        }
    }

    /** Gives what was refused, or has failed, another chance: somebody has asked for it. */
    public void forgive(Set<AgentState> states) throws IOException {
        try (var session = with.state().open()) {
            var memory = session.memory();
            var progress = memory.progress();
            boolean forgiven = progress.verdict()
                    .filter(verdict -> states.contains(verdict.state()))
                    .isPresent();
            var trial = memory.trial()
                    .withVerdicts(memory.trial().verdicts().stream()
                            .filter(verdict -> !states.contains(verdict.state()))
                            .toList());
            session.save(memory.with(forgiven ? progress.givenAnotherChance() : progress)
                    .with(trial));
        }
    }

    /** Tries again, under the same directive, what the probes have turned down: somebody has asked for it. */
    public void overrule() throws IOException {
        try (var session = with.state().open()) {
            session.save(session.memory().with(session.memory().trial().givenAnotherChance()));
        }
    }

    /** Takes the server's word that quarantines of these names are over. */
    public void lift(Set<UUID> quarantines) throws IOException {
        if (quarantines.isEmpty()) {
            return;
        }
        try (var session = with.state().open()) {
            boots.lift(quarantines, session);
        }
    }

    /**
     * Takes a directive, unless a newer one is known.
     *
     * @param by the membership with which it was asked for
     * @return why it was not taken
     */
    Optional<String> accept(Directive directive, Optional<String> etag, Membership by) throws IOException {
        try (var session = with.state().open()) {
            var memory = session.memory();
            if (!session.isMember(by)) {
                return Optional.of("this host was enrolled anew meanwhile");
            }
            if (directive.generation() > Orders.MAX_GENERATION) {
                return Optional.of("directive %d has an impossible number and is ignored; the orders before stay"
                        .formatted(directive.generation()));
            }
            if (directive.generation() < memory.orders().generation()) {
                return Optional.of(
                        "directive %d is older than %d, the newest known, and is ignored. If the server is right all the same: rebootless-agent enroll --force"
                                .formatted(
                                        directive.generation(), memory.orders().generation()));
            }
            var orders = memory.orders().accept(directive, etag, with.running().buildId());
            if (!orders.equals(memory.orders())) {
                with.log()
                        .info("directive %d: %s%s"
                                .formatted(
                                        directive.generation(),
                                        Effects.lower(directive.order()),
                                        directive.bundle() == null ? "" : " " + Effects.name(directive.bundle())));
                session.save(memory.with(orders).with(memory.reporting().asDue()));
            }
            return Optional.empty();
        }
    }

    private Situation look(Session session) throws IOException {
        session.endHold(with.wall().instant())
                .ifPresent(over -> with.log().info("the hold has ended: " + over.words()));
        return look(session.memory());
    }

    private Situation look(Memory remembered) throws IOException {
        var local = with.local().read();
        var wall = with.wall().instant();
        var memory = remembered.with(remembered.orders().under(with.running().buildId()));
        Set<Sha256> cached = new HashSet<>();
        memory.orders()
                .directive()
                .map(Directive::bundle)
                .map(BundleReference::fileDigest)
                .filter(with.cache()::has)
                .ifPresent(cached::add);
        Stream.of(memory.progress().settled(), memory.trial().earlier())
                .flatMap(Optional::stream)
                .map(settled -> settled.reference().fileDigest())
                .filter(with.cache()::has)
                .forEach(cached::add);
        return new Situation(
                with.running(),
                with.host().bootId(),
                with.clock().sinceBoot(),
                memory,
                Holds.inEffect(with.state(), with.argument(), local, wall).stream()
                        .findFirst(),
                local.policy(),
                with.kernel().loader(),
                with.kernel().state(),
                with.kernel().livepatches(),
                cached,
                effects.round(),
                with.rules());
    }

    private void fetch(BundleReference bundle, Uplink uplink) throws IOException {
        try {
            clearOut(bundle);
            with.fetch().fetch(bundle, uplink.source().orElseThrow());
        } catch (FetchException e) {
            try (var session = with.state().open()) {
                effects.judge(session, bundle, e.refusal() ? AgentState.REFUSED : AgentState.FAILED, e.failure());
            }
        } catch (IOException e) {
            if (e instanceof ServerException busy && busy.namesATime()) {
                // Nothing is wrong with the bundle, nor with this host: all hosts of a fleet come for it at once.
                throw e;
            }
            try (var session = with.state().open()) {
                var failure = EventLog.failure("fetch-failed", e.getMessage());
                effects.judge(session, bundle, AgentState.FAILED, failure);
            }
        }
    }

    /** A server that orders one bundle after the other and delivers none must not fill the disk with parts. */
    private void clearOut(BundleReference wanted) throws IOException, FetchException {
        var needed = needed(wanted);
        try {
            with.cache().keepOnly(needed);
        } catch (IOException e) {
            throw FetchException.unkept(e);
        }
    }

    private Set<Sha256> needed(BundleReference wanted) throws IOException {
        var memory = with.state().look();
        Set<Sha256> needed = new HashSet<>(Set.of(wanted.fileDigest()));
        Stream.of(
                        memory.progress().settled(),
                        memory.progress().attempt(),
                        memory.trial().earlier())
                .flatMap(Optional::stream)
                .forEach(bundle -> needed.add(bundle.reference().fileDigest()));
        return needed;
    }

    /** Not under the lock: the process that does it may take its time, and {@code revert} must not wait for it. */
    private void verify(Step.Verify step) throws IOException {
        var bundle = step.bundle();
        var finding = with.verification().verify(with.cache().whole(bundle.fileDigest()), bundle);
        try (var session = with.state().open()) {
            // A hold, another order or another process may have been quicker: then nobody asks any more.
            boolean still = Decision.next(look(session)).equals(step);
            if (still) {
                effects.found(bundle, finding, session);
            }
        }
    }

    /** Not under the lock: a probe takes its time, and {@code revert} must not wait for it. */
    private void probe(Step.Probe step) throws IOException, InterruptedException {
        var begun = with.clock().sinceBoot();
        var failure = with.probes().run(step.bundle().reference(), step.phase());
        if (failure.isEmpty()) {
            effects.passed(step.bundle(), begun);
            return;
        }
        try (var session = with.state().open()) {
            boolean still = session.memory().progress().attempt().equals(Optional.of(step.bundle()));
            if (still) {
                effects.reject(step.bundle(), failure.get(), session);
            }
        } catch (IOException e) {
            with.log().error(failure.get().message());
            wayOut.turnOff(step.bundle().module(), e);
            throw e;
        }
    }

    private void stand(Session session, Standing standing) throws IOException {
        session.save(session.memory().with(standing));
        with.log().info(Effects.say(standing));
    }

    /** What the agent stands on while it takes a step; absent where a step changes nothing of that. */
    private static Optional<Standing> standingOf(Step step) {
        if (step instanceof Step.Rest rest) {
            return Optional.of(rest.standing());
        }
        if (step instanceof Step.Fetch fetch) {
            return Optional.of(standing(AgentState.FETCHING, fetch.bundle()));
        }
        if (step instanceof Step.HandOver handOver) {
            return Optional.of(standing(AgentState.APPLYING, handOver.bundle().reference()));
        }
        if (step instanceof Step.Probe probe) {
            return Optional.of(standing(AgentState.SOAKING, probe.bundle().reference()));
        }
        if (step instanceof Step.Settle settle) {
            return Optional.of(standing(AgentState.SOAKING, settle.bundle().reference()));
        }
        return Optional.empty();
    }

    private static Standing standing(AgentState state, BundleReference bundle) {
        return new Standing(state, Optional.of(bundle.identity()), Optional.empty());
    }
}
