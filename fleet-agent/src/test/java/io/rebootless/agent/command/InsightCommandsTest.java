package io.rebootless.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.agent.memory.HandedOver;
import io.rebootless.agent.memory.InForce;
import io.rebootless.agent.memory.Orders;
import io.rebootless.agent.memory.Progress;
import io.rebootless.agent.memory.Standing;
import io.rebootless.agent.memory.StateDirectory;
import io.rebootless.agent.testing.CommandLineHost;
import io.rebootless.bundle.Cve;
import io.rebootless.bundle.Sha256;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.Directive;
import io.rebootless.wire.JournalEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** The commands that only look, on a host with a level that settled, and the commands that hold it. */
@ResourceLock(Resources.SYSTEM_OUT)
class InsightCommandsTest {
    private static final BundleReference TWO =
            new BundleReference(Sha256.of(new byte[] {2}), Sha256.of(new byte[] {9, 2}), 10, 2, "2026-11-22.2");
    private static final String BOOT = "11111111-2222-3333-4444-555555555555";

    @TempDir
    private Path directory;

    private CommandLineHost host;

    @BeforeEach
    void host() throws IOException {
        host = new CommandLineHost(directory);
        host.root().module("level", "2");
        host.root().module("patch", "fix_2");
        host.root().livepatch("fix_2", true, false);
        var state = new StateDirectory(host.root().state(), UUID::randomUUID);
        state.create();
        Files.writeString(host.root().state().resolve("token.json"), "{}");
        var build = TestBundles.KERNEL.buildId();
        var settled =
                new HandedOver(TWO, "fix_2", true, build, BOOT, Duration.ZERO, Optional.of(Duration.ofSeconds(1)));
        var run = new Directive(1, 5, Directive.Order.RUN, TWO, null);
        try (var session = state.open()) {
            session.record(sequence -> new JournalEntry(
                    sequence, Instant.EPOCH, "an earlier boot", AgentState.APPLYING, null, 1L, "upgrade"));
            session.record(sequence -> new JournalEntry(
                    sequence, Instant.EPOCH, BOOT, AgentState.SETTLED, TWO.identity(), 2L, "in force"));
            session.describe(new InForce(
                    1,
                    TWO.identity(),
                    2,
                    TWO.publication(),
                    "Two holes closed",
                    Instant.EPOCH,
                    Optional.of("6.1.0-58-amd64"),
                    List.of(
                            new Cve("CVE-2026-0001", Cve.Severity.CRITICAL),
                            new Cve("CVE-2026-31337", Cve.Severity.UNKNOWN)),
                    BOOT,
                    Instant.EPOCH));
            session.save(session.memory()
                    .with(new Orders(5, Optional.of(run), Optional.empty(), Optional.of(build)))
                    .with(new Progress(Optional.empty(), Optional.of(settled), Optional.empty(), Optional.empty()))
                    .with(new Standing(AgentState.SETTLED, Optional.of(TWO.identity()), Optional.empty())));
        }
    }

    @AfterEach
    void restore() {
        host.close();
    }

    private int run(String... arguments) {
        return host.run(arguments);
    }

    private String out() {
        return host.out();
    }

    @Test
    void statusIsProtectedAndSaysWhatThatIsWorth() {
        assertThat(run("status")).isZero();
        assertThat(out())
                .contains(
                        "✓ effective kernel version 6.1.0-58-amd64; it fixes 2 CVEs (1 critical, 1 not rated): Two holes",
                        "✗ the service does not run")
                .endsWith("protected: the level ordered is in force\n");
        assertThat(run("status", "--json")).isZero();
        assertThat(out())
                .contains(
                        "\"effectiveRelease\" : \"6.1.0-58-amd64\"",
                        "\"service\" : \"stopped\"",
                        "\"kernel\" : \"different\"");
    }

    @Test
    void unameAndCvesSpeakOfWhatIsInForce() {
        assertThat(run("uname")).isZero();
        assertThat(out()).isEqualTo("6.1.0-58-amd64\n");
        assertThat(run("uname", "-r")).isZero();
        assertThat(out()).isEqualTo("6.1.0-58-amd64\n");
        assertThat(run("uname", "-a")).isZero();
        assertThat(out())
                .startsWith("Linux web-1 6.1.0-58-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-01) x86_64 ")
                .endsWith("(running 6.1.0-56-amd64, level 2, 2026-11-22.2)\n");
        assertThat(run("cves")).isZero();
        assertThat(out()).isEqualTo("CVE-2026-0001        critical\nCVE-2026-31337       unknown\n");
        assertThat(run("cves", "--json")).isZero();
        assertThat(out()).contains("\"inForce\" : true", "\"id\" : \"CVE-2026-0001\"", "\"severity\" : \"critical\"");
    }

    @Test
    void inATransitionOrAnotherBootNothingIsFixed() throws IOException {
        host.root().livepatch("fix_2", true, true);
        assertThat(run("uname", "-r")).isZero();
        assertThat(out()).isEqualTo("6.1.0-56-amd64\n");
        assertThat(run("cves")).isEqualTo(1);
        assertThat(out()).doesNotContain("CVE-2026").contains("no CVE is fixed");
        host.root().livepatch("fix_2", true, false);
        host.root().boot("22222222-2222-3333-4444-555555555555");
        assertThat(run("cves", "--json")).isEqualTo(1);
        assertThat(out()).contains("\"inForce\" : false", "\"cves\" : [ ]");
        assertThat(run("uname", "-a")).isZero();
        assertThat(out()).contains("Linux web-1 6.1.0-56-amd64", "no livepatch in force");
        assertThat(run("status")).isEqualTo(1);
    }

    @Test
    void whatIsNotKnownIsNotTakenForNothing() throws IOException {
        Files.delete(host.root().state().resolve("in-force.json"));
        assertThat(run("cves")).isEqualTo(69);
        assertThat(out()).contains("what level 2 fixes is not known here");
        Files.writeString(host.root().state().resolve("in-force.json"), "{\"version\":1,\"bundle\":\"no\"}");
        assertThat(run("cves")).isEqualTo(69);
        assertThat(run("uname")).isZero();
        assertThat(out()).isEqualTo("6.1.0-56-amd64\n");
    }

    @Test
    void historyIsTheJournalNewestLast() {
        assertThat(run("history")).isZero();
        assertThat(out()).isEqualTo("""
                boot an earlier boot
                  1970-01-01T00:00:00Z      1  applying  level 1: upgrade
                boot 11111111-2222-3333-4444-555555555555
                  1970-01-01T00:00:00Z      2  settled   level 2: in force
                """);
        assertThat(run("history", "-n", "1")).isZero();
        assertThat(out()).doesNotContain("applying").contains("settled");
        assertThat(run("history", "--json", "-n", "1")).isZero();
        assertThat(out()).startsWith("[ {").contains("\"step\" : \"settled\"").doesNotContain("applying");
        assertThat(run("history", "-n", "0")).isEqualTo(64);
        assertThat(run("history", "-n", "few")).isEqualTo(64);
    }

    @Test
    void supportWritesAnArchiveForItsOwnerOnlyAndReplacesNone() throws IOException {
        Path file = directory.resolve("support.zip");
        assertThat(run("support", "--output", file.toString())).isZero();
        assertThat(out()).contains("✓ written: " + file);
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
        long size = Files.size(file);
        assertThat(run("support", "--output", file.toString())).isEqualTo(69);
        assertThat(out()).contains("is there already, and is not replaced");
        assertThat(file).hasSize(size);
    }

    @Test
    void holdNamesItsReasonAndItsEnd() throws IOException {
        assertThat(run("hold", "--reason", "freeze", "--for", "8h")).isZero();
        assertThat(out()).contains("the server could not be told: ", "✓ this host is held at level 2: freeze (until 2");
        assertThat(host.root().state().resolve("hold.json")).content().contains("\"KEEP\"", "\"freeze\"", "\"until\"");
        assertThat(run("status")).isEqualTo(3);
        assertThat(out())
                .contains("✗ held at its level on this host since", ": freeze; ends at ", "(in 7 h); lift it with")
                .endsWith("held: on this host, level 2 is in force\n");
        Files.delete(host.root().state().resolve("token.json"));
        assertThat(run("hold", "--reason", "freeze")).isZero();
        assertThat(out()).contains("✓ this host is held at level 2: freeze\n");
    }

    @Test
    void aWrongHoldIsNoHold() {
        for (String wrong : List.of(
                "hold",
                "hold --reason x --for 8x",
                "hold --reason x --for 8h --until 2026-12-24T18:00Z",
                "hold --reason x --until 2020-01-01T00:00Z",
                "hold --reason x --until soon",
                "hold --reason x --for 0h",
                "revert --for 999d",
                "revert --reason ",
                "hold --reason \t",
                "uname -r -a",
                "uname -x",
                "resume now")) {
            assertThat(run(wrong.split(" ", -1))).as(wrong).isEqualTo(64);
        }
        assertThat(host.root().state().resolve("hold.json")).doesNotExist();
        assertThat(run("status")).isZero();
    }

    @Test
    void theModeFileAndThePolicyFileLieBesideTheSettings() throws IOException {
        Files.writeString(directory.resolve("etc/mode"), "hodl\n");
        assertThat(run("status")).isEqualTo(3);
        assertThat(out()).contains("mode says \"hodl\", which is none of on, hold, off; lift it by writing on");
        Files.writeString(directory.resolve("etc/mode"), "on\n");
        Files.writeString(directory.resolve("etc/policy.properties"), "none = never\n");
        assertThat(run("status")).isEqualTo(3);
        assertThat(out()).contains("none is allow or forbid, not \"never\"; lift it by mending that file");
    }

    @Test
    void everyCommandHasAHelpText() {
        var names = AgentCommand.commandLine().getSubcommands().keySet();
        assertThat(names).contains("hold", "uname", "cves", "history", "support");
        for (String name : names) {
            assertThat(run(name, "--help")).as(name).isZero();
            assertThat(out().lines().collect(Collectors.joining(" "))).contains("Usage: rebootless-agent " + name);
        }
    }

    @Test
    void memoryIsNotTouchedByThoseWhoLook() throws IOException {
        Path file = host.root().state().resolve("state.json");
        byte[] before = Files.readAllBytes(file);
        for (String command : List.of("status", "uname", "cves", "history")) {
            run(command);
        }
        assertThat(file).hasBinaryContent(before);
    }
}
