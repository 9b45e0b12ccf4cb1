package io.rebootless.agent.kernel;

import static io.rebootless.testing.TestPublishers.alice;
import static io.rebootless.testing.TestPublishers.bob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.agent.durable.Listing;
import io.rebootless.agent.kernel.LivepatchKernel.Command;
import io.rebootless.agent.settings.Loader;
import io.rebootless.agent.testing.FakeRoot;
import io.rebootless.agent.verification.InProcessVerification;
import io.rebootless.bundle.BundleFormat;
import io.rebootless.bundle.ManifestCodec;
import io.rebootless.testing.TestBundles;
import io.rebootless.testing.TestImages;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent in the module's place: the same verdicts, and what is this way's own. */
class DirectKernelTest extends VerdictContract {
    @TempDir
    private Path directory;

    private FakeRoot root;
    private DirectHost host;

    @BeforeEach
    void aHostWithoutTheModule() throws IOException {
        root = FakeRoot.in(directory);
        host = DirectHost.on(root);
    }

    /** A new one each time: nothing that counts is in a process's memory. */
    @Override
    LivepatchKernel kernel() {
        return host.kernel();
    }

    @Override
    void finishTransitions() throws IOException {
        host.finishTransitions();
    }

    private static byte[] image(String modinfo) {
        byte[] manifest = ManifestCodec.encode(TestBundles.manifest(1, "CVE-2026-0001"));
        return TestBundles.signed(TestBundles.KERNEL, "fix_1", 1, 0, manifest, TestImages.module(modinfo), alice());
    }

    private void fails(String program) throws IOException {
        host.program(program, "#!/bin/sh\necho '%s: ERROR: Operation not permitted' >&2\nexit 1\n".formatted(program));
    }

    @Test
    void itDoesNotSayThatThereIsAModule() throws Exception {
        upgrade(TestBundles.signed(1, alice()));

        assertThat(kernel().loader()).isEqualTo(Loader.DIRECT);
        assertThat(kernel().state().moduleLoaded()).isFalse();
        assertThat(kernel().state().sealed()).isFalse();
        assertThat(kernel().trust().orElseThrow().sealed()).isFalse();
        assertThat(kernel().trust().orElseThrow().keyring()).isEqualTo(KernelTrust.Keyring.NONE);
    }

    @Test
    void theBytesThatWereVerifiedAreTheBytesThatAreLoadedAndNothingOfThemIsLeft() throws Exception {
        byte[] bundle = TestBundles.signed(1, alice());
        var read = TestBundles.read(bundle);
        upgrade(bundle);

        int start = (int) read.imageOffset();
        assertThat(host.loaded())
                .isEqualTo(
                        Arrays.copyOfRange(bundle, start, start + read.header().imageSize()));
        assertThat(Listing.of(host.run().resolve("spool"))).isEmpty();
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(host.run().resolve("spool"))))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(host.run().resolve("loads.json"))))
                .as("`status` is for everybody")
                .isEqualTo("rw-r--r--");
    }

    @Test
    void aFileThatChangesBetweenVerifyingAndLoadingIsNotLoaded() throws Exception {
        var honest = InProcessVerification.by(host.trust());
        host.verifiesBy((file, promised) -> {
            var finding = honest.verify(file, promised);
            try {
                byte[] bytes = Files.readAllBytes(file);
                bytes[bytes.length / 2] ^= 1;
                Files.write(file, bytes);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            return finding;
        });

        assertThatThrownBy(() -> upgrade(TestBundles.signed(1, alice())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has changed since it was verified");
        assertThat(kernel().livepatches()).isEmpty();
    }

    @Test
    void asManyMustSignAsTheTrustDirectorySays() throws Exception {
        root.trust("bob.der", bob().certificate().der());
        Files.writeString(host.trust().resolve("threshold"), "2\n");

        refused("not-enough-signers", () -> upgrade(TestBundles.signed(1, alice())));
        upgrade(TestBundles.signed(1, alice(), bob()));
    }

    @Test
    void withoutAnybodyToTrustNothingIsLoadedAndTheBundleIsNotJudged() throws Exception {
        Files.delete(host.trust().resolve("alice.der"));

        assertThatThrownBy(() -> upgrade(TestBundles.signed(1, alice())))
                .isInstanceOfSatisfying(KernelRefusedException.class, e -> {
                    assertThat(e.failure().name()).isEqualTo("no-trust");
                    assertThat(e.verdict()).isFalse();
                });
    }

    @Test
    void anImageThatIsNotWhatItsHeaderSaysIsNotEvenTried() throws Exception {
        fails("insmod");
        String vermagic = "vermagic=" + TestBundles.KERNEL.release() + " SMP \0";
        refused("wrong-module", () -> upgrade(image("name=fix_2\0" + vermagic + "livepatch=Y\0")));
        refused("not-livepatch", () -> upgrade(image("name=fix_1\0" + vermagic)));
        byte[] manifest = ManifestCodec.encode(TestBundles.manifest(1, "CVE-2026-0001"));
        assertThatThrownBy(() -> upgrade(TestBundles.signed(
                        TestBundles.KERNEL,
                        "fix_1",
                        1,
                        0,
                        manifest,
                        "no module".getBytes(StandardCharsets.US_ASCII),
                        alice())))
                .isInstanceOf(KernelRefusedException.class)
                .hasMessageContaining("image-not-elf");
        assertThat(host.folder().loads(bootId()).loads()).isEmpty();
    }

    @Test
    void aStrangersModuleOfTheSameNameIsNeitherTakenForOursNorTouched() throws Exception {
        root.file("sys/module/fix_1/refcnt", "0");

        assertThatThrownBy(() -> upgrade(TestBundles.signed(1, alice())))
                .isInstanceOfSatisfying(KernelRefusedException.class, e -> {
                    assertThat(e.failure().name()).isEqualTo("loader-failed");
                    assertThat(e.failure().message()).contains("fix_1 is loaded already");
                    assertThat(e.verdict()).isFalse();
                });
        kernel().apply(Command.CLEAR);
        root.file("sys/module/fix_1/refcnt", "1");
        assertThat(kernel().state().level()).isZero();
        assertThat(root.sysfs().resolve("module/fix_1")).exists();
    }

    @Test
    void aLoaderThatFailsIsQuotedAndOneThatIsMissingIsNamed() throws Exception {
        fails("insmod");
        assertThatThrownBy(() -> upgrade(level(1, 1, alice())))
                .isInstanceOfSatisfying(KernelRefusedException.class, e -> {
                    assertThat(e.failure().name()).isEqualTo("loader-failed");
                    assertThat(e.failure().message()).contains("exited with 1: insmod: ERROR: Operation not permitted");
                    assertThat(e.verdict()).isFalse();
                });
        Files.delete(directory.resolve("sbin/insmod"));
        refused("loader-missing", () -> upgrade(level(1, 1, alice())));
        assertThat(kernel().state().floor()).isZero();
        host.realInsmod();
        upgrade(level(1, 1, alice()));
        assertThat(kernel().state().floor()).isEqualTo(1);
    }

    @Test
    void aLoaderThatOnlySaysYesIsNotBelieved() throws Exception {
        host.program("insmod", "#!/bin/sh\n");
        refused("not-live", () -> upgrade(level(1, 1, alice())));
        host.program(
                "insmod",
                "#!/bin/sh\nmkdir -p %1$s/module/fix_1\necho 0 >%1$s/module/fix_1/refcnt\n".formatted(root.sysfs()));
        refused("not-live", () -> upgrade(level(1, 1, alice())));
        assertThat(kernel().state().level()).isZero();
        assertThat(kernel().state().floor()).isZero();

        kernel().apply(Command.CLEAR);
        assertThat(root.sysfs().resolve("module/fix_1"))
                .as("what it left behind")
                .doesNotExist();
        assertThat(Listing.of(host.run().resolve("spool"))).isEmpty();
    }

    @Test
    void whatCannotBeUnloadedIsSaid() throws Exception {
        upgrade(TestBundles.signed(1, alice()));
        kernel().disable("fix_1");
        finishTransitions();
        fails("rmmod");
        refused("loader-failed", () -> kernel().apply(Command.CLEAR));
        refused("loader-failed", () -> upgrade(TestBundles.signed(1, alice())));
        host.program("rmmod", "#!/bin/sh\n");
        refused("still-present", () -> kernel().apply(Command.CLEAR));
    }

    @Test
    void aFileLargerThanAnyBundleIsNotKept() throws Exception {
        var endless = new InputStream() {
            private long given;

            @Override
            public int read() {
                return given++ > BundleFormat.MAX_FILE_BYTES ? -1 : 0;
            }
        };
        refused("bundle-size", () -> kernel().stage(endless));
        refused("nothing-staged", () -> kernel().apply(Command.UPGRADE));
        assertThat(Listing.of(host.run().resolve("spool"))).isEmpty();
    }

    @Test
    void oneProcessActsAtATime() throws Exception {
        stage(TestBundles.signed(1, alice()));
        try (var turn = host.folder().turn().orElseThrow()) {
            assertThat(turn).isNotNull();
            refused("busy", () -> kernel().apply(Command.UPGRADE));
            refused("busy", () -> kernel().raiseFloor(1));
        }
        kernel().apply(Command.UPGRADE);
    }

    @Test
    void anotherBootHasNothingInForce() throws Exception {
        upgrade(level(3, 2, alice()));
        root.boot("99999999-2222-3333-4444-555555555555");

        assertThat(kernel().state().level()).isZero();
        assertThat(kernel().state().floor()).isZero();
    }

    @Test
    void aReplacedLevelIsUnloadedWithTheNextLoad() throws Exception {
        upgrade(TestBundles.signed(1, alice()));
        upgrade(TestBundles.signed(2, alice()));
        assertThat(root.sysfs().resolve("module/fix_1")).exists();
        upgrade(TestBundles.signed(3, alice()));

        assertThat(root.sysfs().resolve("module/fix_1")).doesNotExist();
        assertThat(root.sysfs().resolve("module/fix_2")).exists();
        assertThat(host.folder().loads(bootId()).loads()).hasSize(2);
    }

    @Test
    void inATransitionTheNewestCountsAndWhenItIsReversedTheOneBefore() throws Exception {
        upgrade(level(1, 0, alice()));
        upgrade(level(2, 2, alice()));
        // Both are held until it is over.
        root.file("sys/module/fix_1/refcnt", "1");
        root.livepatch("fix_1", true, false);
        root.livepatch("fix_2", true, true);
        assertThat(kernel().state().level()).isEqualTo(2);
        kernel().disable("fix_2");
        finishTransitions();

        assertThat(kernel().state().level()).isEqualTo(1);
        assertThat(kernel().state().inForce()).isTrue();
        assertThat(kernel().state().floor()).as("revoked is revoked").isEqualTo(2);
    }

    private String bootId() throws IOException {
        return Files.readString(root.proc().resolve("sys/kernel/random/boot_id"))
                .strip();
    }

    /** As after a SIGKILL: the loader goes on, or has been at its end, and nobody has noted that. */
    private void killedWhileLoading(byte[] bundle) throws Exception {
        host.program("insmod", "#!/bin/sh\nexec sleep 60\n");
        host.patience(Duration.ofMillis(100));
        refused("loader-failed", () -> upgrade(bundle));
        host.patience(Duration.ofSeconds(30));
        host.realInsmod();
    }

    @Test
    void killedBeforeTheLoaderHasDoneAnythingNothingIsInForceAndItIsTriedAgain() throws Exception {
        killedWhileLoading(level(2, 2, alice()));

        assertThat(kernel().state().level()).isZero();
        assertThat(kernel().state().floor()).isZero();
        upgrade(level(2, 2, alice()));
        assertThat(kernel().state().level()).isEqualTo(2);
    }

    @Test
    void killedBeforeItCouldNoteTheEndWhatTheLoaderHasBroughtIsKnownAsOurs() throws Exception {
        killedWhileLoading(level(2, 2, alice()));
        root.file("sys/module/fix_2/initstate", "coming");
        root.file("sys/module/fix_2/refcnt", "1");
        assertThat(kernel().state().level()).as("still loading").isZero();
        root.file("sys/module/fix_2/initstate", "live");
        root.livepatch("fix_2", true, false);

        assertThat(kernel().state().level()).isEqualTo(2);
        assertThat(kernel().state().inForce()).isTrue();
        assertThat(kernel().state().floor()).as("its own floor counts").isEqualTo(2);
        refused("below-floor", () -> apply(Command.DOWNGRADE, TestBundles.signed(1, alice())));
        refused("not-above-level", () -> upgrade(level(2, 2, alice())));
        kernel().disable("fix_2");
        finishTransitions();
        kernel().apply(Command.CLEAR);
        assertThat(root.sysfs().resolve("module/fix_2")).doesNotExist();
    }

    /** Whoever is held up in the kernel survives its SIGKILL for as long. */
    @Test
    void whileALoaderThatWasGivenUpIsStillAtWorkNoneIsStartedBesideIt() throws Exception {
        host.program("insmod", """
                #!/bin/sh
                sh -c 'sleep 60; :' held-up "$1" &
                echo $! >'%s'
                wait
                """.formatted(directory.resolve("pid")));
        host.patience(Duration.ofSeconds(2));
        refused("loader-failed", () -> upgrade(level(1, 1, alice())));
        host.realInsmod();
        var survivor = ProcessHandle.of(Long.parseLong(
                        Files.readString(directory.resolve("pid")).strip()))
                .orElseThrow();
        try {
            refused("busy", () -> upgrade(level(2, 2, alice())));
            assertThat(kernel().state().level()).isZero();
        } finally {
            survivor.destroyForcibly();
        }
        survivor.onExit().get(30, TimeUnit.SECONDS);
        upgrade(level(2, 2, alice()));
        assertThat(kernel().state().level()).isEqualTo(2);
    }

    @Test
    void whatAStrangerHasLoadedUnderThatNameMeanwhileIsNotTakenForOurs() throws Exception {
        host.program("insmod", """
                #!/bin/sh
                mkdir -p '%1$s/module/fix_1' '%1$s/kernel/livepatch/fix_1'
                echo live >'%1$s/module/fix_1/initstate'
                echo 1 >'%1$s/module/fix_1/refcnt'
                echo 0 >'%1$s/kernel/livepatch/fix_1/transition'
                echo 1 >'%1$s/kernel/livepatch/fix_1/enabled'
                echo "insmod: ERROR: could not insert module $1: File exists" >&2
                exit 1
                """.formatted(root.sysfs()));
        refused("loader-failed", () -> upgrade(level(1, 1, alice())));
        assertThat(kernel().state().level()).isZero();
        assertThat(kernel().state().floor()).isZero();
        assertThat(kernel().livepatches()).containsExactly("fix_1");
    }

    @Test
    void aStrangersModuleOfANameThatWeHadIsAStrangers() throws Exception {
        upgrade(TestBundles.signed(1, alice()));
        kernel().disable("fix_1");
        finishTransitions();
        kernel().apply(Command.CLEAR);
        root.file("sys/module/fix_1/refcnt", "1");
        root.livepatch("fix_1", true, false);

        assertThat(kernel().state().level()).isZero();
        assertThat(kernel().livepatches()).containsExactly("fix_1");
    }

    @Test
    void aFolderThatOthersCouldChangeIsNotUsed() throws Exception {
        Path run = host.run();
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        Files.createSymbolicLink(run, elsewhere);
        assertUnsafe();
        Files.delete(run);
        Files.createDirectory(run);
        Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxrwxr-x"));
        assertUnsafe();
        Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path spool = Files.createDirectory(run.resolve("spool"));
        Files.setPosixFilePermissions(spool, PosixFilePermissions.fromString("rwxr-x---"));
        assertThatThrownBy(() -> stage(TestBundles.signed(1, alice()))).hasMessageContaining("nobody else can change");
        Files.setPosixFilePermissions(spool, PosixFilePermissions.fromString("rwx------"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertUnsafe();
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        upgrade(TestBundles.signed(1, alice()));

        var strangers = new RuntimeFolder(run, 1 + (int) Files.getAttribute(run, "unix:uid"));
        assertThatThrownBy(() -> strangers.loads(bootId())).hasMessageContaining("nobody else can change");
        assertThatThrownBy(strangers::turn).hasMessageContaining("nobody else can change");
    }

    private void assertUnsafe() {
        assertThatThrownBy(() -> stage(TestBundles.signed(1, alice())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nobody else can change");
        assertThatThrownBy(() -> kernel().state()).hasMessageContaining("nobody else can change");
    }

    @Test
    void damagedNotesAreNotGuessedAt() throws Exception {
        upgrade(TestBundles.signed(1, alice()));
        for (String text : new String[] {"", "{}", "{\"version\":2}", "null", "{\"version\":1,\"floor\":-1}"}) {
            Files.writeString(host.run().resolve("loads.json"), text);
            assertThatThrownBy(() -> kernel().state())
                    .as(text)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("loads.json is damaged");
            assertThatThrownBy(() -> upgrade(TestBundles.signed(2, alice()))).isInstanceOf(IOException.class);
        }
    }
}
