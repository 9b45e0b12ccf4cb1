package io.rebootless.agent.memory;

import io.rebootless.agent.durable.ActionLock;
import io.rebootless.agent.durable.DurableFile;
import io.rebootless.agent.durable.OwnFolder;
import io.rebootless.agent.journal.Journal;
import io.rebootless.bundle.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** The agent's files: {@code /var/lib/rebootless}. */
public final class StateDirectory {
    /** To write a small file takes a moment, on a disk that has much to do a few. */
    private static final Duration LONGEST_DRAFT = Duration.ofMinutes(1);

    /** Belongs to whom this process belongs to. */
    private static final Path PROCESS = Path.of("/proc/self");

    private static final int ROOT = 0;

    private final Path directory;
    private final Supplier<UUID> names;
    private final ActionLock lock;
    private final ActionLock tokenLock;
    private final ActionLock serviceLock;
    private Optional<Journal> known = Optional.empty();
    private final StateFile<Memory> memoryFile;
    private final StateFile<KeptHold> holdFile;
    private final StateFile<Membership> membershipFile;
    private final StateFile<Attempt> attemptFile;
    private final StateFile<LearnedAuthorities> authoritiesFile;
    private final StateFile<InForce> inForceFile;
    private final StateFile<ServiceMark> serviceFile;

    /** {@code names} gives each journal its own. */
    public StateDirectory(Path directory, Supplier<UUID> names) {
        this.directory = directory;
        this.names = names;
        this.lock = new ActionLock(directory.resolve("lock"));
        this.tokenLock = new ActionLock(directory.resolve("token.lock"));
        this.serviceLock = new ActionLock(directory.resolve("service.lock"));
        this.memoryFile = shared("state.json", Memory.class);
        this.holdFile = shared("hold.json", KeptHold.class);
        this.membershipFile = secret("token.json", Membership.class);
        // With the name, whoever may ask the server's database could read the token.
        this.attemptFile = secret("enrolling.json", Attempt.class);
        this.authoritiesFile = shared("authorities.json", LearnedAuthorities.class);
        this.inForceFile = shared("in-force.json", InForce.class);
        this.serviceFile = shared("service.json", ServiceMark.class);
    }

    /** Everybody may read it. */
    private <T> StateFile<T> shared(String name, Class<T> type) {
        return new StateFile<>(directory.resolve(name), type, DurableFile.PUBLIC);
    }

    private <T> StateFile<T> secret(String name, Class<T> type) {
        return new StateFile<>(directory.resolve(name), type, DurableFile.SECRET);
    }

    /**
     * Makes it, if it is not there. Whoever may write to it could lift quarantines and floors, so it must be the
     * agent's own.
     */
    public void create() throws IOException {
        DurableFile.createDirectory(directory);
        Path real = directory.toRealPath();
        int us = (int) Files.getAttribute(PROCESS, "unix:uid");
        int owner = (int) Files.getAttribute(real, "unix:uid");
        if (us != ROOT && owner != us) {
            throw new IOException("%s belongs to user %d, and this is run by user %d: run it as root"
                    .formatted(directory, owner, us));
        }
        var unsafe = OwnFolder.changeable(real, us);
        if (unsafe.isPresent()) {
            throw new IOException(
                    "%s can be changed by others than the user who runs the agent (%d), and what the agent remembers there is not believed: chown it and `chmod go-w` it, once you know who has"
                            .formatted(unsafe.get(), us));
        }
    }

    /** Clears away what crashes have left of files that were being written. */
    public void clearDrafts(Instant now) throws IOException {
        DurableFile.clearDrafts(directory, now.minus(LONGEST_DRAFT));
    }

    public Path bundles() {
        return directory.resolve("bundles");
    }

    /** Where the boots that have ended in order say so: {@code mark-shutdown} writes it. */
    public Path shutdownMarks() {
        return directory.resolve("clean-shutdown");
    }

    public Path machineId() {
        return directory.resolve("machine-id");
    }

    /** What is remembered, without the lock: for those who only look. */
    public Memory look() throws IOException {
        return memoryFile.read().orElse(Memory.EMPTY);
    }

    /** The hold put on this host by a command, over or not. A hold that cannot be read holds all the same. */
    public Optional<Hold> hold() throws IOException {
        try {
            return holdFile.read().map(KeptHold::hold);
        } catch (StateFile.DamagedException e) {
            return Optional.of(new Hold(Hold.Mode.STAY, holdFile + " cannot be read", holdFile.lastModified()));
        }
    }

    /** As it is on disk; a hold of an agent that knew no end has none. */
    private record KeptHold(Hold.Mode mode, String reason, Instant since, Optional<Instant> until) {
        private KeptHold {
            Objects.requireNonNull(mode, "mode");
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(since, "since");
            Objects.requireNonNull(until, "until");
        }

        private Hold hold() {
            return new Hold(mode, Hold.Source.COMMAND, reason, since, until);
        }
    }

    public void hold(Hold.Mode mode, String reason, Instant now) throws IOException {
        hold(new Hold(mode, reason, now));
    }

    /** At once, whoever has the lock. */
    public void hold(Hold hold) throws IOException {
        holdFile.write(new KeptHold(hold.mode(), hold.reason(), hold.since(), hold.until()));
    }

    /** The same, and once more if an agent that removed an earlier hold was quicker. */
    public void place(Hold hold) throws IOException {
        hold(hold);
        try (var session = open()) {
            session.keep(hold);
        }
    }

    public void liftHold() throws IOException {
        holdFile.remove();
    }

    /** The host's token and id; absent before enrolment. */
    public Optional<Membership> membership() throws IOException {
        return membershipFile.read();
    }

    /** Whether the host was enrolled, for those who may not read the token. */
    public boolean enrolled() {
        return membershipFile.exists();
    }

    /**
     * The turn to have the host's token replaced: of two that are made at once the server knows the second, and the first
     * may be the one on disk. Not the lock for actions, for it is held while the server answers.
     */
    public ActionLock.Held tokenTurn() throws IOException {
        return tokenLock.acquire();
    }

    public void join(Membership membership) throws IOException {
        membershipFile.write(membership);
        attemptFile.remove();
    }

    /** What the enrolment under way is called; a new name is on disk when this returns. */
    public UUID attempt(Sha256 request) throws IOException {
        // None if it is the first, or if the last was never sent: a file is whole before the request is made.
        var known = attemptFile.readIfWhole().filter(before -> before.request().equals(request));
        if (known.isPresent()) {
            return known.get().name();
        }
        var attempt = new Attempt(request, UUID.randomUUID());
        attemptFile.write(attempt);
        return attempt.name();
    }

    /**
     * An enrolment whose answer has not come yet.
     *
     * @param request what was sent, and where
     * @param name given to the server with it
     */
    private record Attempt(Sha256 request, UUID name) {
        private Attempt {
            Objects.requireNonNull(request, "request");
            Objects.requireNonNull(name, "name");
        }
    }

    /** What the server has told of its authorities; absent while the administrator's CA file says it all. */
    public Optional<LearnedAuthorities> authorities() throws IOException {
        return authoritiesFile.read();
    }

    public void learn(LearnedAuthorities authorities) throws IOException {
        authoritiesFile.write(authorities);
    }

    /** For a host that joins anew, perhaps another server. */
    public void forgetAuthorities() throws IOException {
        authoritiesFile.remove();
    }

    /** What was known of the bundle that settled last; absent if there is none, or it cannot be read. */
    public Optional<InForce> inForce() throws IOException {
        return inForceFile.readIfWhole();
    }

    /** The one service's, for as long as it runs; absent if another one does. */
    public Optional<ActionLock.Held> serviceTurn() throws IOException {
        return serviceLock.tryAcquire();
    }

    /** The service says who it is; what an earlier one said is gone. */
    public void serve(ServiceMark mark) throws IOException {
        serviceFile.write(mark);
    }

    /** The service that was started last. */
    public Optional<ServiceMark> service() throws IOException {
        return serviceFile.readIfWhole();
    }

    /** Takes the lock and reads what is remembered. */
    public Session open() throws IOException {
        var held = lock.acquire();
        boolean open = false;
        try {
            var journal = journal();
            var session = new Session(this, held, look(), journal);
            session.joinJournal(names);
            open = true;
            return session;
        } finally {
            // After an Error too: the stop that follows it waits for the lock.
            if (!open) {
                held.close();
            }
        }
    }

    /** Under the lock. Read anew only if another process has written to it: it may have thousands of lines. */
    private Journal journal() throws IOException {
        if (known.isEmpty() || !known.get().asItWasLeft()) {
            known = Optional.empty();
            known = Optional.of(Journal.open(directory, names.get()));
        }
        return known.get();
    }

    void save(Memory memory) throws IOException {
        memoryFile.write(memory);
    }

    void describe(InForce inForce) throws IOException {
        inForceFile.write(inForce);
    }

    void forgetInForce() throws IOException {
        inForceFile.remove();
    }

    /** For messages that name the directory. */
    @Override
    public String toString() {
        return directory.toString();
    }
}
