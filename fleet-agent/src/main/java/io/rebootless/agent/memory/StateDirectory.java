package io.rebootless.agent.memory;

import io.rebootless.agent.durable.ActionLock;
import io.rebootless.agent.durable.DurableFile;
import io.rebootless.agent.journal.Journal;
import io.rebootless.bundle.Sha256;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The agent's files: {@code /var/lib/rebootless}. */
public final class StateDirectory {
    private static final long JOURNAL_BYTES = 256 * 1024;
    /** To write a small file takes a moment, on a disk that has much to do a few. */
    private static final Duration LONGEST_DRAFT = Duration.ofMinutes(1);

    private final Path directory;
    private final Supplier<UUID> names;
    private final ActionLock lock;
    private final JsonMapper json = WireJson.indented();

    /** {@code names} gives each journal its own. */
    public StateDirectory(Path directory, Supplier<UUID> names) {
        this.directory = directory;
        this.names = names;
        this.lock = new ActionLock(directory.resolve("lock"));
    }

    public void create() throws IOException {
        DurableFile.createDirectory(directory);
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
        Path file = memoryFile();
        try {
            return json.readValue(Files.readAllBytes(file), Memory.class);
        } catch (NoSuchFileException first) {
            return Memory.EMPTY;
        } catch (JacksonException | NullPointerException e) {
            throw damaged(file, e);
        }
    }

    /** The hold put on this host by a command, over or not. A hold that cannot be read holds all the same. */
    public Optional<Hold> hold() throws IOException {
        Path file = holdFile();
        try {
            var kept = json.readValue(Files.readAllBytes(file), KeptHold.class);
            return Optional.of(new Hold(kept.mode(), Hold.Source.COMMAND, kept.reason(), kept.since(), kept.until()));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (JacksonException | NullPointerException e) {
            return Optional.of(new Hold(
                    Hold.Mode.STAY,
                    file + " cannot be read",
                    Files.getLastModifiedTime(file).toInstant()));
        }
    }

    /** As it is on disk; a hold of an agent that knew no end has none. */
    private record KeptHold(Hold.Mode mode, String reason, Instant since, Optional<Instant> until) {}

    public void hold(Hold.Mode mode, String reason, Instant now) throws IOException {
        hold(new Hold(mode, reason, now));
    }

    /** At once, whoever has the lock. */
    public void hold(Hold hold) throws IOException {
        var kept = new KeptHold(hold.mode(), hold.reason(), hold.since(), hold.until());
        DurableFile.replace(holdFile(), json.writeValueAsBytes(kept), DurableFile.PUBLIC);
    }

    /** The same, and once more if an agent that removed an earlier hold was quicker. */
    public void place(Hold hold) throws IOException {
        hold(hold);
        try (var session = open()) {
            session.keep(hold);
        }
    }

    public void liftHold() throws IOException {
        DurableFile.remove(holdFile());
    }

    /** The host's token and id; absent before enrolment. */
    public Optional<Membership> membership() throws IOException {
        Path file = membershipFile();
        try {
            return Optional.of(json.readValue(Files.readAllBytes(file), Membership.class));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (JacksonException | NullPointerException e) {
            throw damaged(file, e);
        }
    }

    /** Whether the host was enrolled, for those who may not read the token. */
    public boolean enrolled() {
        return Files.exists(membershipFile());
    }

    public void join(Membership membership) throws IOException {
        DurableFile.replace(membershipFile(), json.writeValueAsBytes(membership), DurableFile.SECRET);
        DurableFile.remove(attemptFile());
    }

    /** What the enrolment under way is called; a new name is on disk when this returns. */
    public UUID attempt(Sha256 request) throws IOException {
        Path file = attemptFile();
        try {
            var known = json.readValue(Files.readAllBytes(file), Attempt.class);
            if (known.request().equals(request)) {
                return known.name();
            }
        } catch (NoSuchFileException | JacksonException | NullPointerException none) {
            // The first attempt, or one that was never sent: a file is whole before the request is made.
        }
        var attempt = new Attempt(request, UUID.randomUUID());
        // With the name, whoever may ask the server's database could read the token.
        DurableFile.replace(file, json.writeValueAsBytes(attempt), DurableFile.SECRET);
        return attempt.name();
    }

    /**
     * An enrolment whose answer has not come yet.
     *
     * @param request what was sent, and where
     * @param name given to the server with it
     */
    private record Attempt(Sha256 request, UUID name) {}

    /** What the server has told of its authorities; absent while the administrator's CA file says it all. */
    public Optional<LearnedAuthorities> authorities() throws IOException {
        Path file = authoritiesFile();
        try {
            return Optional.of(json.readValue(Files.readAllBytes(file), LearnedAuthorities.class));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (JacksonException | NullPointerException e) {
            throw damaged(file, e);
        }
    }

    public void learn(LearnedAuthorities authorities) throws IOException {
        DurableFile.replace(authoritiesFile(), json.writeValueAsBytes(authorities), DurableFile.PUBLIC);
    }

    /** For a host that joins anew, perhaps another server. */
    public void forgetAuthorities() throws IOException {
        DurableFile.remove(authoritiesFile());
    }

    /** What was known of the bundle that settled last; absent if there is none, or it cannot be read. */
    public Optional<InForce> inForce() throws IOException {
        try {
            return Optional.of(json.readValue(Files.readAllBytes(inForceFile()), InForce.class));
        } catch (NoSuchFileException | JacksonException | NullPointerException unknown) {
            return Optional.empty();
        }
    }

    /** The service says who it is; what an earlier one said is gone. */
    public void serve(ServiceMark mark) throws IOException {
        DurableFile.replace(serviceFile(), json.writeValueAsBytes(mark), DurableFile.PUBLIC);
    }

    /** The service that was started last. */
    public Optional<ServiceMark> service() throws IOException {
        try {
            return Optional.of(json.readValue(Files.readAllBytes(serviceFile()), ServiceMark.class));
        } catch (NoSuchFileException | JacksonException | NullPointerException unknown) {
            return Optional.empty();
        }
    }

    /** Takes the lock and reads what is remembered. */
    public Session open() throws IOException {
        var held = lock.acquire();
        boolean open = false;
        try {
            var session = new Session(held, look(), Journal.open(directory, names.get()));
            session.joinJournal();
            open = true;
            return session;
        } finally {
            // After an Error too: the stop that follows it waits for the lock.
            if (!open) {
                held.close();
            }
        }
    }

    /** What is remembered, under the lock; what is changed is on disk when the method that changes it returns. */
    public final class Session implements AutoCloseable {
        private final ActionLock.Held held;
        private final Journal journal;
        private Memory memory;

        private Session(ActionLock.Held held, Memory memory, Journal journal) {
            this.held = held;
            this.memory = memory;
            this.journal = journal;
        }

        /** Numbers and journal belong together: whichever of them was lost, both start again. */
        private void joinJournal() throws IOException {
            var known = memory.reporting().journal();
            if (known.isPresent() && known.get().equals(journal.id())) {
                return;
            }
            if (known.isEmpty() && journal.last() > 0) {
                journal.restart(names.get());
            }
            save(memory.with(memory.reporting().startedWith(journal.id())));
        }

        public Memory memory() {
            return memory;
        }

        public Journal journal() {
            return journal;
        }

        public void save(Memory changed) throws IOException {
            if (changed.equals(memory)) {
                return;
            }
            DurableFile.replace(memoryFile(), json.writeValueAsBytes(changed), DurableFile.PUBLIC);
            memory = changed;
        }

        /**
         * Replaces the host's membership, unless somebody has enrolled the host anew meanwhile.
         *
         * @return whether the membership on disk is {@code fresh} now
         */
        public boolean rejoin(Membership known, Membership fresh) throws IOException {
            if (!membership().filter(known::equals).isPresent()) {
                return false;
            }
            join(fresh);
            return true;
        }

        /** Whether the host still has the place on the server that it had then; its token may be another. */
        public boolean isMember(Membership then) throws IOException {
            return membership()
                    .filter(now -> now.hostId().equals(then.hostId()))
                    .isPresent();
        }

        /** Writes an entry; the server is told with the next report. */
        public void record(Journal.Draft entry) throws IOException {
            journal.append(entry);
            save(memory.with(memory.reporting().asDue()));
        }

        /**
         * Removes the hold if its time is over, so that a clock turned back later does not revive it. Whoever holds the
         * host looks again under the lock.
         */
        public Optional<Hold> endHold(Instant now) throws IOException {
            var over = hold().filter(hold -> hold.over(now));
            if (over.isPresent()) {
                liftHold();
            }
            return over;
        }

        private void keep(Hold hold) throws IOException {
            if (!hold().equals(Optional.of(hold))) {
                hold(hold);
            }
        }

        /** What is known of the bundle in force, for everybody to read. */
        public void describe(InForce inForce) throws IOException {
            DurableFile.replace(inForceFile(), json.writeValueAsBytes(inForce), DurableFile.PUBLIC);
        }

        /** Nothing of ours is in force any more. */
        public void forgetInForce() throws IOException {
            DurableFile.remove(inForceFile());
        }

        /** Puts the journal aside when it has grown and is known elsewhere. */
        public void tidy() throws IOException {
            journal.rotate(memory.reporting().entriesStored(), JOURNAL_BYTES);
        }

        @Override
        public void close() throws IOException {
            held.close();
        }
    }

    private Path memoryFile() {
        return directory.resolve("state.json");
    }

    private Path holdFile() {
        return directory.resolve("hold.json");
    }

    private Path inForceFile() {
        return directory.resolve("in-force.json");
    }

    private Path serviceFile() {
        return directory.resolve("service.json");
    }

    private Path attemptFile() {
        return directory.resolve("enrolling.json");
    }

    private Path authoritiesFile() {
        return directory.resolve("authorities.json");
    }

    private Path membershipFile() {
        return directory.resolve("token.json");
    }

    private static IOException damaged(Path file, Exception cause) {
        return new IOException(
                "%s cannot be read (%s). Move it away to start afresh"
                        .formatted(
                                file,
                                String.valueOf(cause.getMessage())
                                        .lines()
                                        .findFirst()
                                        .orElse("damaged")),
                cause);
    }

    /** For messages that name the directory. */
    @Override
    public String toString() {
        return directory.toString();
    }
}
