package io.rebootless.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.testing.TestBundles;
import io.rebootless.testing.TestImages;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A publisher's hour: keys, create, sign, inspect, verify; and what the command says when something is wrong. */
class PublishingTest {
    @TempDir
    Path here;

    Path image;
    Path kernel;
    Path bundle;

    @BeforeEach
    void a_livepatch_and_the_kernel_it_is_for() throws IOException {
        image = Files.write(here.resolve("fix.ko"), TestImages.livepatch("fix", TestBundles.KERNEL.release()));
        kernel = Files.write(here.resolve("kernel.json"), WireJson.mapper().writeValueAsBytes(TestBundles.KERNEL));
        bundle = here.resolve("fix.rlb");
    }

    @Test
    void a_livepatch_becomes_a_bundle_that_a_trusting_verifier_accepts() throws IOException {
        assertThat(keys("alice", "--passphrase-file", passphrase("open sesame")).exit())
                .isZero();
        assertThat(create("--cve", "CVE-2026-0001:high").exit()).isZero();
        var signed = Cli.run(
                "bundle",
                "sign",
                "--key",
                here.resolve("alice.key.pem"),
                "--certificate",
                here.resolve("alice.crt.pem"),
                "--passphrase-file",
                passphrase("open sesame"),
                bundle);
        assertThat(signed.err()).isEmpty();

        var verified = Cli.run("bundle", "verify", "--trust", trust("alice"), bundle);

        assertThat(verified.exit()).isZero();
        assertThat(Cli.run("bundle", "verify", "--trust", here.resolve("alice.crt.pem"), bundle)
                        .out())
                .as("one certificate is as good as a directory with it")
                .isEqualTo(verified.out());
        assertThat(verified.out())
                .contains("level        1", "fixes        CVE-2026-0001 (high)", "signed by    alice (");
    }

    @Test
    void the_private_key_is_readable_by_its_owner_alone() throws IOException {
        keys("alice");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(here.resolve("alice.key.pem"))))
                .isEqualTo("rw-------");
    }

    @Test
    void nothing_is_overwritten_unless_told() throws IOException {
        keys("alice");
        assertThat(keys("alice").err()).contains("exists already");
        create();
        byte[] before = Files.readAllBytes(bundle);
        assertThat(create().exit()).isEqualTo(ExitCode.NO_INPUT);
        assertThat(Files.readAllBytes(bundle)).isEqualTo(before);
        assertThat(create("--force").exit()).isZero();
    }

    @Test
    void signing_twice_with_one_key_is_refused_and_changes_nothing() throws IOException {
        keys("alice");
        create();
        sign("alice");
        byte[] once = Files.readAllBytes(bundle);
        assertThat(sign("alice").err()).contains("has signed it already");
        assertThat(Files.readAllBytes(bundle)).isEqualTo(once);
    }

    @Test
    void two_publishers_sign_one_after_another() throws IOException {
        keys("alice");
        keys("bob");
        create();
        sign("alice");
        sign("bob");
        assertThat(Cli.run("bundle", "verify", "--trust", trust("alice", "bob"), "--threshold", 2, bundle)
                        .exit())
                .isZero();
        assertThat(Cli.run("bundle", "verify", "--trust", trust("alice"), "--threshold", 2, bundle)
                        .err())
                .contains("threshold of 2 signers needs");
    }

    @Test
    void an_untrusted_signer_is_refused_by_name_with_exit_code_1() throws IOException {
        keys("alice");
        keys("mallory");
        create();
        sign("mallory");
        var verified = Cli.run("bundle", "verify", "--trust", trust("alice"), bundle);
        assertThat(verified.exit()).isEqualTo(ExitCode.REFUSED);
        assertThat(verified.err()).contains("untrusted-signer").doesNotContain("Exception");
    }

    @Test
    void a_draft_is_inspected_but_not_verified() throws IOException {
        keys("alice");
        create();
        assertThat(Cli.run("bundle", "inspect", bundle).out()).contains("signatures   0");
        assertThat(Cli.run("bundle", "inspect", "--json", bundle).out()).contains("\"level\":1");
        assertThat(Cli.run("bundle", "verify", "--trust", trust("alice"), bundle)
                        .err())
                .contains("signature-count", "bundle sign");
    }

    @Test
    void an_image_for_another_kernel_is_refused_before_anything_is_written() throws IOException {
        Files.write(image, TestImages.livepatch("fix", "5.10.0-1-amd64"));
        var created = create();
        assertThat(created.exit()).isEqualTo(ExitCode.REFUSED);
        assertThat(created.err()).contains("image-vermagic", "Build the livepatch against the headers");
        assertThat(bundle).doesNotExist();
    }

    @Test
    void a_wrong_command_line_is_answered_with_what_is_wrong_and_where_help_is() throws IOException {
        var created = create("--cve", "2026-1");
        assertThat(created.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(created.err()).contains("2026-1", "Try 'rebootless bundle create --help'");
        assertThat(create("--floor", "2").err()).contains("the floor must be from 0 to the level");
        assertThat(Cli.run("bundle").exit()).isEqualTo(ExitCode.USAGE);
        assertThat(Cli.run("gate", "--label", "prod").err()).doesNotContain("option option");
        assertThat(Cli.run("bundle", "inspect", here.resolve("nothing.rlb")).err())
                .contains("no such file");
    }

    @Test
    void every_command_explains_itself() {
        for (String command : new String[] {
            "",
            "keys",
            "keys create",
            "kernel inspect",
            "bundle create",
            "bundle sign",
            "bundle inspect",
            "bundle verify",
            "bundle upload",
            "bundle list",
            "bundle show",
            "bundle download",
            "bundle withdraw",
            "publication list",
            "publication show",
            "publication withdraw",
            "storage check",
            "kernel check",
            "kernel list",
            "kernel not-affected",
            "trust create",
            "enrollment create",
            "fleet status",
            "gate"
        }) {
            var help = Cli.run((Object[]) (command + " --help").strip().split(" ", -1));
            assertThat(help.exit()).as(command).isZero();
            assertThat(help.out()).as(command).contains("Usage: rebootless", "Exit codes");
        }
    }

    private Cli keys(String name, Object... more) {
        return Cli.run(words(more, "keys", "create", "--name", name, "--out", here.resolve(name)));
    }

    private Cli create(Object... more) {
        return Cli.run(words(
                more,
                "bundle",
                "create",
                "--image",
                image,
                "--kernel",
                kernel,
                "--level",
                1,
                "--publication",
                "2026-11-22.1",
                "--title",
                "One fix",
                "-o",
                bundle));
    }

    private Cli sign(String name) {
        return Cli.run(
                "bundle",
                "sign",
                "--key",
                here.resolve(name + ".key.pem"),
                "--certificate",
                here.resolve(name + ".crt.pem"),
                bundle);
    }

    private Path passphrase(String words) throws IOException {
        return Files.writeString(here.resolve("passphrase"), words + "\n");
    }

    private Path trust(String... names) throws IOException {
        Path directory = Files.createTempDirectory(here, "trust");
        for (String name : names) {
            Files.copy(here.resolve(name + ".crt.pem"), directory.resolve(name + ".crt"));
        }
        return directory;
    }

    private static Object[] words(Object[] more, Object... words) {
        var all = new ArrayList<>(List.of(words));
        all.addAll(List.of(more));
        return all.toArray();
    }
}
