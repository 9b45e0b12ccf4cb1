package io.rebootless.agent.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.agent.durable.DurableFile;
import io.rebootless.agent.memory.CrashWatch.Boot;
import io.rebootless.agent.memory.CrashWatch.SilentEnd;
import io.rebootless.agent.memory.Trial.Blocking;
import io.rebootless.agent.memory.Trial.Rejection;
import io.rebootless.agent.memory.Trial.Retreat;
import io.rebootless.bundle.Sha256;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BlockingTask;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.Directive;
import io.rebootless.wire.Failure;
import io.rebootless.wire.JournalEntry;
import io.rebootless.wire.QuarantinedBundle;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {
    private static final BundleReference BUNDLE =
            new BundleReference(Sha256.of(new byte[] {1}), Sha256.of(new byte[] {2}), 1000, 3, "2026-11-22.3");

    @TempDir
    private Path directory;

    private StateDirectory state;

    @BeforeEach
    void state() {
        state = new StateDirectory(directory, UUID::randomUUID);
    }

    @Test
    void whatACrashHasLeftHalfWrittenIsClearedAwayAndWhatIsBeingWrittenIsNot() throws IOException {
        var now = Instant.parse("2026-11-28T10:00:00Z");
        Path left = Files.createFile(directory.resolve(".token.json123.new"));
        Files.setLastModifiedTime(left, FileTime.from(now.minusSeconds(61)));
        Path underWay = Files.createFile(directory.resolve(".hold.json456.new"));
        Files.setLastModifiedTime(underWay, FileTime.from(now.minusSeconds(59)));
        Path somebodys = Files.createFile(directory.resolve("notes.new"));
        Files.setLastModifiedTime(somebodys, FileTime.from(now.minusSeconds(3600)));

        state.clearDrafts(now);

        assertThat(directory).isDirectoryNotContaining(left::equals);
        assertThat(underWay).exists();
        assertThat(somebodys).exists();
    }

    @Test
    void whatAnotherProcessHasWrittenInBetweenIsSeen() throws IOException {
        var other = new StateDirectory(directory, UUID::randomUUID);
        for (int i = 1; i <= 6; i++) {
            try (var session = (i % 2 == 0 ? other : state).open()) {
                session.record(sequence ->
                        new JournalEntry(sequence, Instant.EPOCH, "boot", AgentState.IDLE, null, null, "words"));
                assertThat(session.journal().last()).isEqualTo(i);
                assertThat(session.journal().after(0, 10)).hasSize(i);
            }
        }
    }

    @Test
    void everythingRememberedComesBack() throws IOException {
        var kernel = TestBundles.KERNEL.buildId();
        var handedOver = new HandedOver(
                BUNDLE, "fix_3", true, kernel, "boot", Duration.ofMillis(1234), Optional.of(Duration.ofMillis(5)));
        var failure = new Failure("transition-stalled", "words");
        var memory = new Memory(
                        1,
                        new Orders(
                                7,
                                Optional.of(new Directive(1, 7, Directive.Order.RUN, BUNDLE, "because")),
                                Optional.of("\"g7\""),
                                Optional.of(kernel)),
                        new Standing(AgentState.FAILED, Optional.of(BUNDLE.identity()), Optional.of(failure)),
                        new Progress(
                                Optional.of(handedOver),
                                Optional.of(handedOver),
                                Optional.of(new Withdrawal("fix_2", "boot", Duration.ofSeconds(9))),
                                Optional.of(new Verdict(
                                        BUNDLE.identity(), 7, "boot", AgentState.FAILED, failure, 2, Duration.ZERO))),
                        new Reporting(
                                Optional.of(new UUID(0, 1)),
                                5,
                                4,
                                3,
                                true,
                                Optional.of(Instant.EPOCH),
                                Optional.empty()),
                        Map.of(),
                        new CrashWatch(
                                Optional.of(new Boot("boot", TestBundles.KERNEL, Duration.ofHours(3))),
                                List.of(new SilentEnd(
                                        BUNDLE.identity(), "boot-0", Instant.EPOCH, Duration.ofMinutes(5))),
                                List.of(new QuarantinedBundle(
                                        new UUID(4, 2),
                                        BUNDLE.identity(),
                                        3,
                                        "2026-11-22.3",
                                        Instant.EPOCH,
                                        "boot-0",
                                        failure))),
                        new Trial(
                                Optional.of(handedOver),
                                Optional.of(new Retreat(handedOver, Duration.ofSeconds(8), failure)),
                                List.of(new Rejection(BUNDLE.identity(), 7, failure)),
                                List.of(),
                                Optional.of(new Blocking(
                                        "fix_3", true, List.of(new BlockingTask(17, "postgres", "[<0>] a+0x1"))))))
                .withFloor(kernel, 2);
        try (var session = state.open()) {
            session.save(memory);
        }
        assertThat(state.look()).isEqualTo(memory);
        assertThat(state.look().floor(kernel)).isEqualTo(2);
        assertThat(state.look().withFloor(kernel, 1)).isEqualTo(memory);
    }

    /** The sample is what an agent has written, word for word, before it knew of crashes: hosts have such files. */
    @Test
    void theMemoryOfAnAgentBeforeTheCrashGuardIsRead() throws IOException {
        try (var sample = StateDirectoryTest.class.getResourceAsStream("/memory/before-the-crash-guard.json")) {
            Files.write(
                    directory.resolve("state.json"),
                    Objects.requireNonNull(sample).readAllBytes());
        }
        var memory = state.look();
        assertThat(memory.progress().settled().orElseThrow().module()).isEqualTo("fix_3");
        assertThat(memory.watch()).isEqualTo(CrashWatch.NONE);
        assertThat(memory.trial()).isEqualTo(Trial.NONE);
        assertThat(memory.orders().generation()).isEqualTo(7);
        try (var session = state.open()) {
            session.save(session.memory().with(memory.watch().in(new Boot("boot", TestBundles.KERNEL, Duration.ZERO))));
        }
        assertThat(state.look().watch().boot()).isPresent();
    }

    @Test
    void aDirectoryThatOthersMayWriteToIsNotBelieved() throws IOException {
        Path open = Files.createDirectory(directory.resolve("open"));
        var ours = new StateDirectory(open.resolve("state"), UUID::randomUUID);
        ours.create();
        Files.setPosixFilePermissions(open.resolve("state"), PosixFilePermissions.fromString("rwxrwxr-x"));
        assertThatThrownBy(ours::create).hasMessageContaining(open.resolve("state") + " can be changed by others");

        Files.setPosixFilePermissions(open.resolve("state"), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(ours::create)
                .as("they could put another one in its place")
                .hasMessageContaining(open + " can be changed by others");
    }

    @Test
    void filesOfAnEarlierVersionAreRead() throws IOException {
        try (var session = state.open()) {
            session.save(session.memory().with(session.memory().reporting().contacted(Instant.EPOCH)));
        }
        Path file = directory.resolve("state.json");
        String text = Files.readString(file);
        assertThat(text).contains("\"trouble\"");
        Files.writeString(file, text.replaceAll(",\\s*\"trouble\" : null", ""));
        assertThat(Files.readString(file)).doesNotContain("trouble");
        assertThat(state.look().reporting().trouble()).isEmpty();
        assertThat(state.look().reporting().untroubled().contact()).contains(Instant.EPOCH);

        Files.writeString(
                directory.resolve("token.json"),
                "{\"hostId\":\"%s\",\"token\":\"rlht_x\",\"poll\":\"PT60S\"}".formatted(new UUID(1, 2)));
        var membership = state.membership().orElseThrow();
        assertThat(membership.server()).isEmpty();
        assertThat(membership.at(URI.create("https://patch.example"))).isTrue();
        state.join(membership.boundTo(URI.create("https://patch.example")));
        assertThat(state.membership().orElseThrow().at(URI.create("https://PATCH.example/")))
                .isTrue();
        assertThat(state.membership().orElseThrow().at(URI.create("https://new.example")))
                .isFalse();
    }

    @Test
    void damagedMemoryStopsTheAgentInsteadOfForgettingTheFloor() throws IOException {
        Files.writeString(directory.resolve("state.json"), "{\"version\":1}");
        assertThatThrownBy(state::look)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("state.json")
                .hasMessageContaining("damaged")
                .hasMessageContaining("without what it remembered");
    }

    @Test
    void aHoldThatCannotBeReadHolds() throws IOException {
        assertThat(state.hold()).isEmpty();
        state.hold(Hold.Mode.OFF, "line\nbreak", Instant.EPOCH);
        assertThat(state.hold()).contains(new Hold(Hold.Mode.OFF, "line break", Instant.EPOCH));
        Files.writeString(directory.resolve("hold.json"), "");
        assertThat(state.hold().map(Hold::mode)).contains(Hold.Mode.STAY);
        state.liftHold();
        assertThat(state.hold()).isEmpty();
    }

    @Test
    void theTokenIsForRootOnly() throws IOException {
        state.join(new Membership(new UUID(1, 2), "rlht_secret", Duration.ofSeconds(60)));
        assertThat(Files.getPosixFilePermissions(directory.resolve("token.json")))
                .isEqualTo(DurableFile.SECRET);
        assertThat(state.membership().orElseThrow().toString()).doesNotContain("rlht_");
    }

    @Test
    void aLostMemoryStartsAnotherJournalSoThatNumbersNeverMeanTwoThings() throws IOException {
        UUID first;
        try (var session = state.open()) {
            first = session.journal().id();
            session.record(
                    sequence -> new JournalEntry(sequence, Instant.EPOCH, "boot", AgentState.IDLE, null, null, null));
        }
        Files.delete(directory.resolve("state.json"));
        try (var session = state.open()) {
            assertThat(session.journal().id()).isNotEqualTo(first);
            assertThat(session.journal().last()).isZero();
            assertThat(session.memory().reporting().number()).isZero();
        }
    }

    @Test
    void evenAnErrorLeavesTheLockFree() throws IOException {
        var failing = new AtomicBoolean(true);
        var broken = new StateDirectory(directory, () -> {
            if (failing.get()) {
                throw new AssertionError("a broken runtime");
            }
            return UUID.randomUUID();
        });
        assertThatThrownBy(broken::open).isInstanceOf(AssertionError.class);
        failing.set(false);
        try (var session = broken.open()) {
            assertThat(session.memory().standing()).isEqualTo(Standing.IDLE);
        }
    }

    @Test
    void oneServiceRunsAtATime() throws IOException {
        var other = new StateDirectory(directory, UUID::randomUUID);
        var turn = state.serviceTurn().orElseThrow();
        assertThat(other.serviceTurn()).isEmpty();
        turn.close();
        assertThat(other.serviceTurn()).isPresent();
    }

    @Test
    void oneActsAtATime() throws Exception {
        var entered = new CountDownLatch(1);
        var other = new Thread(() -> {
            try (var session = state.open()) {
                assertThat(session.memory()).isNotNull();
                entered.countDown();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        try (var session = state.open()) {
            assertThat(session.memory().standing()).isEqualTo(Standing.IDLE);
            other.start();
            Thread.sleep(100);
            assertThat(entered.getCount()).isEqualTo(1);
        }
        other.join(5000);
        assertThat(entered.getCount()).isZero();
    }

    @Test
    void aReplacedFileIsWholeAndLeavesNoDraft() throws IOException {
        Path file = directory.resolve("file");
        DurableFile.replace(file, new byte[10], DurableFile.PUBLIC);
        DurableFile.replace(file, new byte[3], DurableFile.SECRET);
        assertThat(Files.size(file)).isEqualTo(3);
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(DurableFile.SECRET);
        try (var files = Files.list(directory)) {
            assertThat(files.toList()).containsExactly(file);
        }
    }
}
