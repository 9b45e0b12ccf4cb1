package io.rebootless.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.agent.testing.CommandLineHost;
import io.rebootless.agent.testing.FakeRoot;
import io.rebootless.agent.testing.LoopbackServer;
import io.rebootless.testing.TestBundles;
import io.rebootless.testing.TestPublishers;
import io.rebootless.trust.PublisherKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** The commands as people and units call them: what they print, and how they end. */
@ResourceLock(Resources.SYSTEM_OUT)
class CommandTest {
    @TempDir
    private Path directory;

    private CommandLineHost host;
    private FakeRoot root;
    private String out = "";

    @BeforeEach
    void root() throws IOException {
        host = new CommandLineHost(directory);
        root = host.root();
    }

    @AfterEach
    void restore() {
        host.close();
    }

    private int run(String... arguments) {
        int code = host.run(arguments);
        out = host.out();
        return code;
    }

    private int enroll(LoopbackServer server, String key, String... more) {
        int code = host.enroll(server, key, more);
        out = host.out();
        return code;
    }

    private Path bundle(byte[] content) throws IOException {
        return Files.write(directory.resolve("fix.rlb"), content);
    }

    @Test
    void helpTeachesTheFirstStepsAndTheExitCodes() {
        assertThat(run("--help")).isZero();
        assertThat(out).contains("First `preflight`, then `enroll`", "Exit codes:", "not enrolled");
        assertThat(run("status", "--help")).isZero();
        assertThat(out).contains("Exit codes:", "--json", "78");
    }

    @Test
    void aWrongCommandLineIsOneClearLine() {
        assertThat(run("stauts")).isEqualTo(64);
        assertThat(out).contains("stauts").hasLineCount(2);
        assertThat(run("enroll")).isEqualTo(64);
        assertThat(out).contains("--server");
        for (String server : List.of("nonsense", "http://", "ftp://patch.example", "https://u:p@patch.example")) {
            assertThat(run("enroll", "--server", server)).as(server).isEqualTo(64);
            assertThat(out).contains("--server: ", "write https://HOST").hasLineCount(2);
        }
        assertThat(run("verify", "")).isEqualTo(64);
        assertThat(run("support", "--output", "")).isEqualTo(64);
        host.config(directory);
        assertThat(run("status")).isEqualTo(64);
        assertThat(out).contains("--config names a file, such as");
    }

    @Test
    void beforeEnrolmentEveryCommandSaysSo() {
        assertThat(run("status")).isEqualTo(4);
        assertThat(out).contains("✗ not enrolled; to enrol:");
        assertThat(run("once")).isEqualTo(4);
        assertThat(run("run")).isEqualTo(4);
        assertThat(out).contains("rebootless-agent enroll --server");
    }

    @Test
    void enrollingWritesSettingsAndASecretTokenAndNeverTheKey() throws IOException {
        try (var server = LoopbackServer.start()) {
            assertThat(enroll(server, LoopbackServer.KEY)).isZero();
            assertThat(out)
                    .contains("✓ web-1 is enrolled", "Next: systemctl enable")
                    .doesNotContain("rlek_", "rlht_");
            assertThat(host.config()).content().contains("server=" + server.uri());
            assertThat(Files.getPosixFilePermissions(root.state().resolve("token.json")))
                    .hasSize(2);

            assertThat(enroll(server, LoopbackServer.KEY)).isEqualTo(78);
            assertThat(out).contains("enrolled already", "--force");
            assertThat(enroll(server, LoopbackServer.KEY, "--force")).isZero();

            assertThat(run("status")).isEqualTo(1);
            assertThat(out).contains("behind");
            assertThat(run("once")).as("the server's first word is hold").isEqualTo(3);
            assertThat(server.lastReport().hostname()).isEqualTo("web-1");
        }
    }

    @Test
    void aKeyThatTheServerDoesNotKnowIsSaidInItsWords() {
        try (var server = LoopbackServer.start()) {
            assertThat(enroll(server, "rlek_wrong")).isEqualTo(69);
            assertThat(out).contains("unknown-enrollment-key", "unknown, used up or expired", "Make another one.");
            assertThat(enroll(server, "password")).isEqualTo(78);
            assertThat(out).contains("no enrolment key").doesNotContain("password");
        }
    }

    @Test
    void anEnrolmentWhoseAnswerWasLostIsTheSameWhenTheCommandIsRunAgain() {
        try (var server = LoopbackServer.start()) {
            server.loseAnswers(true);
            assertThat(enroll(server, LoopbackServer.KEY)).isNotZero();
            assertThat(out).contains("Run the command again");
            server.loseAnswers(false);
            assertThat(enroll(server, LoopbackServer.KEY)).isZero();
            assertThat(server.enrolments().stream().distinct()).hasSize(1).doesNotContain("null");
            assertThat(root.state().resolve("enrolling.json")).doesNotExist();
            assertThat(enroll(server, LoopbackServer.KEY, "--force")).isZero();
            assertThat(server.enrolments().stream().distinct()).hasSize(2);
        }
    }

    @Test
    void whereNothingCanHaveBeenSentItIsNoRemedyToRunTheCommandAgain() {
        var server = LoopbackServer.start();
        server.close();
        assertThat(enroll(server, LoopbackServer.KEY)).isEqualTo(69);
        assertThat(out).contains("cannot be reached", "Nothing was sent").doesNotContain("Run the command again");
    }

    @Test
    void anAddressWithAPathOrAProxyThatIsNoneIsAMistakeOfTheCommandLine() {
        assertThat(run("enroll", "--server", "https://patches.example/prefix", "--key-stdin"))
                .isEqualTo(64);
        assertThat(out).contains("no user, path, query or fragment");
        assertThat(run("enroll", "--server", "https://patches.example", "--proxy", "ftp://p:1", "--key-stdin"))
                .isEqualTo(64);
        assertThat(run("preflight", "--server", "https://patches.example", "--no-proxy", "???"))
                .isEqualTo(64);
        assertThat(out).contains("--no-proxy");
    }

    @Test
    void anEnrolmentThatWasEndedBetweenSettingsAndTokenGoesOn() throws IOException {
        try (var server = LoopbackServer.start()) {
            Path token = root.state().resolve("token.json");
            // Nothing can be put in the place of a directory that is not empty.
            Path inTheWay = Files.createFile(Files.createDirectories(token).resolve("in the way"));
            assertThat(enroll(server, LoopbackServer.KEY, "--force")).isNotZero();
            assertThat(Files.readString(host.config())).contains("server=");

            Files.delete(inTheWay);
            Files.delete(token);
            assertThat(enroll(server, LoopbackServer.KEY)).as(out).isZero();
            assertThat(server.enrolments().stream().distinct())
                    .as("the same one")
                    .hasSize(1);
            assertThat(token).isRegularFile();
            assertThat(root.state().resolve("enrolling.json")).doesNotExist();
        }
    }

    @Test
    void statusIsNeverProtectedOnPlainWords() throws IOException {
        root.module("level", "2");
        root.module("patch", "fix_2");
        root.livepatch("fix_2", true, false);
        Files.createDirectories(root.state());
        Files.writeString(root.state().resolve("token.json"), "{}");

        assertThat(run("status")).as("in force, but never ordered").isEqualTo(1);
        assertThat(out).contains("✓ level 2 (fix_2) is in force for every task");
        assertThat(run("status", "--json")).isEqualTo(1);
        assertThat(out).contains("\"verdict\" : \"behind\"", "\"level\" : 2");
    }

    @Test
    void verifySaysWhoSignedAndWhetherItFits() throws IOException {
        assertThat(run(
                        "verify",
                        bundle(TestBundles.signed(3, TestPublishers.alice())).toString()))
                .isZero();
        assertThat(out).contains("✓ signed by", "level        3", "CVE-2026-0001 (high)", "✓ fits this host");

        assertThat(run(
                        "verify",
                        bundle(TestBundles.signed(3, TestPublishers.mallory())).toString()))
                .isEqualTo(2);
        assertThat(out).contains("✗ untrusted-signer:");
        root.module("floor", "4");
        assertThat(run(
                        "verify",
                        bundle(TestBundles.signed(3, TestPublishers.alice())).toString()))
                .isEqualTo(2);
        assertThat(out).contains("✗ below-floor:");
        assertThat(run("verify", "/nowhere.rlb")).isEqualTo(69);
        assertThat(out).isEqualTo("error: /nowhere.rlb is not there\n");
    }

    @Test
    void revertHoldsAndResumeLifts() {
        assertThat(run("revert", "--reason", "latency")).isZero();
        assertThat(out).contains("✓ nothing of ours is in force, and this host is held: latency");
        assertThat(root.state().resolve("hold.json")).exists();
        assertThat(run("resume")).isEqualTo(4);
        assertThat(root.state().resolve("hold.json")).doesNotExist();
    }

    @Test
    void resumeWorksWhereNoWayLeadsToTheServer() throws IOException {
        try (var server = LoopbackServer.start()) {
            assertThat(enroll(server, LoopbackServer.KEY)).isZero();
            assertThat(run("revert", "--reason", "latency")).isZero();
            Files.writeString(host.config(), "ca=gone.pem\n", StandardOpenOption.APPEND);
            assertThat(run("resume")).as("nothing is ordered").isEqualTo(1);
            assertThat(out).contains("the server could not be told: ", "gone.pem", "behind: nothing is ordered yet");
        }
    }

    private void kernelTrusts(int threshold, long level, PublisherKey... publishers) throws IOException {
        root.module("keys", Stream.of(publishers).map(CommandTest::fingerprint).collect(Collectors.joining("\n")));
        root.module("threshold", Integer.toString(threshold));
        root.module("trust_level", Long.toString(level));
    }

    private static String fingerprint(PublisherKey publisher) {
        return publisher.certificate().fingerprint().hex();
    }

    @Test
    void trustComparesDirectoryAndKernel() throws IOException {
        kernelTrusts(1, 0, TestPublishers.alice());
        assertThat(run("trust")).isZero();
        assertThat(out).contains(fingerprint(TestPublishers.alice()), "1 of these", "as installed", "✓ sealed");

        kernelTrusts(2, 0, TestPublishers.alice());
        assertThat(run("trust")).isEqualTo(2);
        assertThat(out).contains("✗ the kernel module trusts otherwise: 2 of these", "after the next boot");
        kernelTrusts(1, 0, TestPublishers.bob());
        assertThat(run("trust")).isEqualTo(2);

        root.module("sealed", "0");
        assertThat(run("trust")).isEqualTo(2);
        assertThat(out).contains("✗ the kernel module is not sealed", "systemctl restart rebootless-trust");
    }

    @Test
    void aTrustBundleInTheDirectoryCounts() throws IOException {
        root.trust(
                "trust-00000000000000000004.rlb",
                TestBundles.trust(4, 1, List.of(TestPublishers.bob().certificate()), TestPublishers.alice()));
        kernelTrusts(1, 0, TestPublishers.alice());
        assertThat(run("trust")).isEqualTo(2);
        assertThat(out)
                .contains("(trust level 4)", fingerprint(TestPublishers.bob()), "It lacks trust bundles")
                .contains("systemctl restart rebootless-trust");

        kernelTrusts(1, 4, TestPublishers.bob());
        assertThat(run("trust")).isZero();
        assertThat(run(
                        "verify",
                        bundle(TestBundles.signed(3, TestPublishers.alice())).toString()))
                .as("who was replaced is a stranger")
                .isEqualTo(2);
        assertThat(out).contains("✗ untrusted-signer:");
    }

    @Test
    void theThresholdIsAFileInTheTrustDirectory() throws IOException {
        root.trust("bob.der", TestPublishers.bob().certificate().der());
        root.trust("threshold", "2\n".getBytes(StandardCharsets.US_ASCII));
        kernelTrusts(2, 0, TestPublishers.alice(), TestPublishers.bob());
        assertThat(run("trust")).isZero();
        assertThat(run(
                        "verify",
                        bundle(TestBundles.signed(3, TestPublishers.alice())).toString()))
                .isEqualTo(2);
        assertThat(out).contains("✗ not-enough-signers:");
    }

    @Test
    void aKernelThatVerifiesByItsOwnKeyringIsSaidToDoSo() throws IOException {
        kernelTrusts(1, 0);
        root.keyring("secondary");
        assertThat(run("trust")).isZero();
        assertThat(out).contains(".secondary_trusted_keys", "and this agent against the above");
    }

    @Test
    void anUpdateThatTheHostsPublishersDoNotVouchForChangesNothing() throws IOException {
        kernelTrusts(1, 0, TestPublishers.alice());
        byte[] mallorys =
                TestBundles.trust(1, 1, List.of(TestPublishers.mallory().certificate()), TestPublishers.mallory());
        assertThat(run("trust", "update", bundle(mallorys).toString())).isEqualTo(2);
        assertThat(out).contains("✗ untrusted-signer:");
        assertThat(run(
                        "trust",
                        "update",
                        bundle(TestBundles.signed(1, TestPublishers.alice())).toString()))
                .isEqualTo(2);
        assertThat(out).contains("✗ wrong-kind:", "bundle upload");
        assertThat(root.directory().resolve("trust.d/trust-00000000000000000001.rlb"))
                .doesNotExist();
        assertThat(run("trust", "update")).isEqualTo(64);
        assertThat(run("trust", "update", "--help")).isZero();
        assertThat(out).contains("rebootless trust create", "Exit codes:");
    }

    @Test
    void anUpdateThatTheKernelRefusesIsNotKept() throws IOException {
        kernelTrusts(1, 0, TestPublishers.alice());
        root.module("bundle", "");
        Files.delete(root.sysfs().resolve("kernel/rebootless/apply"));
        Files.createSymbolicLink(root.sysfs().resolve("kernel/rebootless/apply"), Path.of("/dev/full"));
        root.module("last_error", "ENOKEY untrusted-signer: no trusted key signed");
        byte[] good = TestBundles.trust(1, 1, List.of(TestPublishers.bob().certificate()), TestPublishers.alice());
        assertThat(run("trust", "update", bundle(good).toString())).isEqualTo(2);
        assertThat(out).contains("✗ the kernel refused trust: no trusted key signed (ENOKEY)");
        assertThat(root.directory().resolve("trust.d/trust-00000000000000000001.rlb"))
                .doesNotExist();
    }

    @Test
    void anUpdateThatTheKernelHasAlreadyIsKeptForTheNextBoot() throws IOException {
        kernelTrusts(1, 1, TestPublishers.bob());
        byte[] good = TestBundles.trust(1, 1, List.of(TestPublishers.bob().certificate()), TestPublishers.alice());
        assertThat(run("trust", "update", bundle(good).toString())).isZero();
        assertThat(out).contains("✓ trust level 1 is in force", "✓ sealed in the kernel module");
        assertThat(root.directory().resolve("trust.d/trust-00000000000000000001.rlb"))
                .hasBinaryContent(good);
    }

    @Test
    void settingsThatAreWrongAreNamed() throws IOException {
        host.config(root.settings("trust.treshold=2"));
        assertThat(run("status")).isEqualTo(78);
        assertThat(out).contains("\"trust.treshold\" is not a setting").hasLineCount(1);
    }
}
