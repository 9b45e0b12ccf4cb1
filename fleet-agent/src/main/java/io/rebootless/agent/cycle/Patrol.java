package io.rebootless.agent.cycle;

import io.rebootless.agent.authority.ServerAuthorities;
import io.rebootless.agent.fetch.BundleFetch;
import io.rebootless.agent.journal.Journal;
import io.rebootless.agent.memory.Membership;
import io.rebootless.agent.memory.Session;
import io.rebootless.agent.memory.Standing;
import io.rebootless.agent.server.ServerClient;
import io.rebootless.agent.server.ServerException;
import io.rebootless.agent.server.UnreachableException;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.JournalEntry;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Asks the server again and again what to run, and sees to it. {@link #stop} comes from another thread. */
public final class Patrol {
    private static final Duration HANG = Duration.ofSeconds(AgentProtocol.MAX_WAIT_SECONDS);

    /** While something is unfinished the next look must not be a whole poll away. */
    private static final Duration SOON = Duration.ofSeconds(5);

    private static final Set<AgentState> UNFINISHED = Set.of(AgentState.APPLYING, AgentState.SOAKING);

    /** What is being watched is still there when the disk is full. */
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(30);

    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);

    private static final Set<String> UNDELIVERED = Set.of("fetch-failed", "digest-mismatch", "directive-mismatch");

    private final Equipment with;
    private final Cycle cycle;
    private final ServerClient server;
    private final ServerAuthorities authorities;
    private final Reporter reporter;
    private final ServerHealth health;
    private final Deferral deferral;
    private final TokenReplacement tokens;
    private final Pace pace = new Pace();
    private volatile boolean stopped;

    /** The server has retired this host, or it never was enrolled: there is nobody to ask. */
    public static final class NotEnrolledException extends Exception {
        private static final long serialVersionUID = 1;

        public NotEnrolledException(String message) {
            super(message);
        }
    }

    /** The token that is there now is another server's: it is not shown to this one. */
    public static final class ElsewhereException extends IOException {
        private static final long serialVersionUID = 1;

        ElsewhereException(String message) {
            super(message);
        }
    }

    public Patrol(Equipment equipment, ServerClient server, ServerAuthorities authorities) {
        this.with = equipment;
        this.cycle = new Cycle(equipment);
        this.server = server;
        this.authorities = authorities;
        this.reporter = new Reporter(equipment, server);
        this.health = new ServerHealth(equipment);
        this.deferral = new Deferral(equipment, health);
        this.tokens = new TokenReplacement(equipment, server);
    }

    /** One round: what is at hand first, then what the server says now. */
    public Standing once() throws IOException, InterruptedException, NotEnrolledException {
        cycle.forgive(Set.of(AgentState.REFUSED, AgentState.FAILED));
        cycle.overrule();
        cycle.work(Uplink.NONE);
        var membership = membership();
        var uplink = uplink(membership);
        Standing standing;
        health.begin();
        try {
            ask(membership, Duration.ZERO);
            // What follows upon a soak may want the server again.
            standing = cycle.workToEnd(uplink);
        } catch (ServerException | UnreachableException e) {
            deferral.complain(e);
            health.end(Optional.empty());
            throw Deferral.explained(e);
        }
        judge(standing);
        health.end(Optional.empty());
        return standing;
    }

    /** Until stopped, or until there is nobody to ask and nothing left to watch. */
    public void run() throws IOException, InterruptedException, NotEnrolledException {
        try {
            rounds();
        } catch (NotEnrolledException e) {
            cycle.workToEnd(Uplink.NONE);
            throw e;
        }
    }

    private void rounds() throws IOException, InterruptedException, NotEnrolledException {
        try {
            // A restart is how an administrator says "look again"; back-off must outlive it, or a restart loop had
            // none.
            cycle.forgive(Set.of(AgentState.REFUSED));
            cycle.begin();
        } catch (IOException e) {
            // What has to go is looked for all the same.
            with.log().warning(String.valueOf(e.getMessage()));
        }
        int failures = 0;
        while (!stopped) {
            with.clock().pause(pace.before(with.clock().sinceBoot()));
            Duration pause;
            health.begin();
            try {
                pause = round(failures == 0);
                failures = 0;
            } catch (ElsewhereException e) {
                throw e;
            } catch (IOException e) {
                if (stopped) {
                    return;
                }
                failures++;
                pause = deferred(e, failures);
            }
            remember(Optional.of(pause));
            linger(pause, failures == 0);
        }
    }

    /**
     * What is being watched is looked at in time, however long the server is to be left alone. Its end is news.
     *
     * @param well whether the server may hear them at once: not while it is left alone because it was of no use
     */
    private void linger(Duration pause, boolean well) throws InterruptedException {
        var end = with.clock().sinceBoot().plus(pause);
        while (!stopped) {
            var left = end.minus(with.clock().sinceBoot());
            if (left.isNegative() || left.isZero()) {
                return;
            }
            try {
                var due = cycle.due().filter(soon -> soon.compareTo(left) < 0);
                with.clock().pause(due.orElse(left));
                if (due.isPresent() && cycle.work(Uplink.NONE).state() != AgentState.SOAKING && well) {
                    return;
                }
            } catch (IOException e) {
                with.log().warning(String.valueOf(e.getMessage()));
                with.clock().pause(left.compareTo(AFTER_FAILURE) < 0 ? left : AFTER_FAILURE);
            }
        }
    }

    private Duration deferred(IOException e, int failures) throws NotEnrolledException {
        try {
            return deferral.after(e, failures);
        } catch (NotEnrolledException ended) {
            remember(Optional.empty());
            throw ended;
        }
    }

    /** The disk may be full or broken: that is said, and is no reason to stop looking after the host. */
    private void remember(Optional<Duration> pause) {
        try {
            health.end(pause);
        } catch (IOException e) {
            with.log().warning("cannot be remembered: " + e.getMessage());
        }
    }

    /**
     * Works offline first, so that neither a hold nor a reboot waits for a network. Returns when to come again.
     *
     * @param well whether the server was of use the last time; if not, the answer is wanted at once
     */
    private Duration round(boolean well) throws IOException, InterruptedException, NotEnrolledException {
        var standing = cycle.work(Uplink.NONE);
        var membership = membership();
        var uplink = uplink(membership);
        uplink.report();
        var next = ask(membership, well ? patience(standing.state()) : Duration.ZERO);
        standing = cycle.work(uplink);
        judge(standing);
        return UNFINISHED.contains(standing.state()) ? SOON : jittered(next.orElse(membership.poll()));
    }

    /** A bundle that does not come, or is not the one that was promised, is the server's matter. */
    private void judge(Standing standing) {
        standing.failure()
                .filter(failure -> UNDELIVERED.contains(failure.name()))
                .ifPresent(failure -> health.complain("the bundle is not delivered: " + failure.message()));
    }

    /** A download that waits for the network does not wait for news as well. */
    private Duration patience(AgentState state) throws IOException {
        if (state == AgentState.FETCHING) {
            return Duration.ZERO;
        }
        if (!UNFINISHED.contains(state)) {
            return HANG;
        }
        return cycle.due().filter(due -> due.compareTo(SOON) < 0).orElse(SOON);
    }

    private Optional<Duration> ask(Membership membership, Duration hang) throws IOException {
        var memory = with.state().look();
        var orders = memory.orders().under(with.running().buildId());
        var reporting = memory.reporting();
        var acknowledged = reporting
                .journal()
                .filter(journal -> reporting.acknowledged() > 0)
                .map(journal -> journal + "/" + reporting.acknowledged());
        // Without a directive the server would not know what to hold back.
        var answer = server.poll(
                membership.token(),
                orders.etag(),
                acknowledged,
                with.host().bootId(),
                authorities.held(),
                orders.etag().isEmpty() ? Duration.ZERO : hang);
        if (with.state()
                .membership()
                .filter(now -> now.hostId().equals(membership.hostId()))
                .isEmpty()) {
            throw new IOException("this host was enrolled anew meanwhile; what was answered is ignored");
        }
        answer.authorities().ifPresent(wanted -> authorities.follow(wanted, server, membership.token()));
        cycle.lift(answer.lifted());
        if (answer.directive().isPresent()) {
            cycle.accept(answer.directive().get(), answer.etag(), membership).ifPresent(why -> {
                with.log().warning(why);
                health.complain(why);
            });
        }
        try (var session = with.state().open()) {
            var contacted = session.memory().reporting().contacted(with.wall().instant());
            session.save(session.memory().with(answer.reportWanted() ? contacted.asDue() : contacted));
        }
        if (answer.tokenWanted()) {
            tokens.replace(membership);
        }
        return answer.next();
    }

    /** Read anew each round: the token may be another, or another server's, which must not see this one. */
    private Membership membership() throws IOException, NotEnrolledException {
        var known = with.state().membership().orElseThrow(() -> new NotEnrolledException("this host is not enrolled"));
        if (!known.at(server.base())) {
            throw new ElsewhereException(
                    "this host's token was given by %s and is not shown to %s, which the settings name. If `enroll` has just been run, start the service again; else: rebootless-agent enroll --force"
                            .formatted(known.server().orElseThrow(), server.base()));
        }
        if (known.server().isPresent()) {
            return known;
        }
        var bound = known.boundTo(server.base());
        try (var session = with.state().open()) {
            return session.rejoin(known, bound) ? bound : membership();
        }
    }

    private Duration jittered(Duration pause) {
        var at = pause.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : pause;
        return at.plusMillis(with.random().nextLong(at.toMillis() / 10 + 1));
    }

    /** The way to the server: once a report has failed, nothing more is reported until the next round. */
    public Uplink uplink(Membership membership) {
        if (!membership.at(server.base())) {
            return Uplink.NONE;
        }
        return new Uplink() {
            private boolean silent;

            @Override
            public Optional<BundleFetch.Source> source() {
                return Optional.of((digest, offset) -> server.download(membership.token(), digest, offset));
            }

            @Override
            public void report() {
                if (silent) {
                    return;
                }
                try {
                    reporter.report(membership);
                } catch (IOException e) {
                    silent = true;
                    if (!stopped) {
                        health.mention("a report is not taken: " + e.getMessage());
                        with.log().warning("the report is made again later: " + e.getMessage());
                    }
                }
            }
        };
    }

    /**
     * Ends {@link #run}, from another thread: waits for the step under way, and says so in the journal.
     * The agent takes no step until the answer is closed, which a process about to end need not do.
     */
    public Session stop() throws IOException {
        stopped = true;
        var session = with.state().open();
        var standing = session.memory().standing();
        session.record(sequence -> new JournalEntry(
                sequence,
                with.wall().instant(),
                with.host().bootId(),
                standing.state(),
                standing.bundle().orElse(null),
                null,
                Journal.CLEAN_STOP));
        return session;
    }
}
