package io.rebootless.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.testing.TestPublishers;
import io.rebootless.trust.PublisherCertificate;
import io.rebootless.trust.PublisherKey;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys change hands: alice hands over to bob and mallory, who here is as good as anybody. */
class TrustTest {
    @TempDir
    Path here;

    Path bundle;

    @BeforeEach
    void three_publishers() throws IOException {
        bundle = here.resolve("keys.rlb");
        publisher("alice", TestPublishers.alice());
        publisher("bob", TestPublishers.bob());
        publisher("mallory", TestPublishers.mallory());
        Files.createDirectory(here.resolve("trust.d"));
        Files.copy(certificate("alice"), here.resolve("trust.d/alice.crt"));
    }

    @Test
    void a_trust_bundle_is_made_signed_inspected_and_verified() {
        var created = create("bob", "mallory");
        assertThat(created.err()).isEmpty();
        assertThat(created.exit()).isZero();
        assertThat(sign("alice").exit()).isZero();

        var verified = verify();

        assertThat(verified.exit()).isZero();
        assertThat(verified.out())
                .contains(
                        "kind         trust: whom to trust from now on",
                        "publication  2026-11-22.keys",
                        "level        3",
                        "threshold    2 of 2 must have signed a bundle",
                        "trusts       %s  bob (test)".formatted(fingerprint(TestPublishers.bob())),
                        "trusts       %s  mallory (test)".formatted(fingerprint(TestPublishers.mallory())),
                        "signed by    alice (test)");
        assertThat(Cli.run("bundle", "inspect", bundle).out()).contains("bob (test)", "signatures   1");
        assertThat(Cli.run("bundle", "inspect", "--json", bundle).out())
                .contains(
                        "\"kind\":\"TRUST\"",
                        "\"level\":3",
                        "\"threshold\":2",
                        "{\"name\":\"bob (test)\",\"fingerprint\":\"%s\"}"
                                .formatted(fingerprint(TestPublishers.bob())));
    }

    @Test
    void those_whom_it_names_cannot_vouch_for_themselves() {
        create("bob", "mallory");
        sign("bob");
        sign("mallory");
        var verified = verify();
        assertThat(verified.exit()).isEqualTo(ExitCode.REFUSED);
        assertThat(verified.err()).contains("untrusted-signer").doesNotContain("Exception");
    }

    @Test
    void what_no_verifier_would_take_is_never_written() throws IOException {
        assertThat(create("bob").err()).contains("a threshold of 2 signers needs 1 to 1");
        assertThat(create("bob").exit()).isEqualTo(ExitCode.USAGE);
        assertThat(create("bob", "bob").err()).contains("two publisher certificates hold one key");
        assertThat(create("bob", "nobody").exit()).isEqualTo(ExitCode.NO_INPUT);
        Files.writeString(here.resolve("broken.crt.pem"), "nonsense");
        assertThat(create("bob", "broken").err()).contains("broken.crt.pem: not an X.509 certificate");
        assertThat(bundle).doesNotExist();
    }

    @Test
    void levels_start_at_one_and_nothing_is_overwritten() {
        assertThat(Cli.run(words("0", "bob", "mallory")).err()).contains("the level must be at least 1");
        assertThat(create("bob", "mallory").exit()).isZero();
        assertThat(create("bob", "mallory").err()).contains("exists already");
    }

    @Test
    void it_is_not_for_the_patch_server() {
        create("bob", "mallory");
        sign("alice");
        var uploaded = Cli.run(
                "bundle", "upload", "--server", "https://localhost:1", "--api-key-file", here.resolve("key"), bundle);
        assertThat(uploaded.exit()).isEqualTo(ExitCode.REFUSED);
        assertThat(uploaded.err()).contains("wrong-kind", "rebootless-agent trust update");
    }

    @Test
    void help_teaches_the_whole_way() {
        assertThat(Cli.run("trust", "--help").out()).contains("without a reboot", "create");
        assertThat(Cli.run("trust", "create", "--help").out())
                .contains("rebootless bundle sign", "rebootless-agent trust update", "Exit codes");
    }

    private Cli create(String... names) {
        return Cli.run(words("3", names));
    }

    private Object[] words(String level, String... names) {
        var words = new ArrayList<Object>(List.of("trust", "create", "--threshold", 2, "--level", level));
        words.addAll(List.of("--publication", "2026-11-22.keys", "--title", "Alice leaves", "-o", bundle));
        for (String name : names) {
            words.addAll(List.of("--certificate", certificate(name)));
        }
        return words.toArray();
    }

    private Cli sign(String name) {
        return Cli.run(
                "bundle", "sign", "--key", here.resolve(name + ".key.pem"), "--certificate", certificate(name), bundle);
    }

    private Cli verify() {
        return Cli.run("bundle", "verify", "--trust", here.resolve("trust.d"), bundle);
    }

    private Path certificate(String name) {
        return here.resolve(name + ".crt.pem");
    }

    private void publisher(String name, PublisherKey key) throws IOException {
        Files.writeString(
                certificate(name), pem("CERTIFICATE", key.certificate().der()));
        Files.writeString(
                here.resolve(name + ".key.pem"),
                pem("PRIVATE KEY", key.privateKeyInfo().getEncoded()));
    }

    private static String pem(String type, byte[] der) throws IOException {
        var text = new StringWriter();
        try (var pem = new JcaPEMWriter(text)) {
            pem.writeObject(new PemObject(type, der));
        }
        return text.toString();
    }

    private static String fingerprint(PublisherKey key) {
        PublisherCertificate certificate = key.certificate();
        return certificate.fingerprint().hex();
    }
}
