package io.rebootless.cli.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.bundle.Sha256;
import io.rebootless.testing.TestPublishers;
import io.rebootless.trust.PublisherKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The block, run by real shells with a curl that only notes what it was asked for. */
class InstallBlockTest {
    private static final URI SERVER = URI.create("https://patches.example:8443/");

    @TempDir
    Path here;

    private final List<X509Certificate> ca = List.of(certificate(TestPublishers.bob()));
    private final List<X509Certificate> publishers = List.of(certificate(TestPublishers.alice()));

    /** In place of the server: a script that tells how it was called and what it has found. */
    @BeforeEach
    void tools() throws IOException {
        Files.createDirectory(here.resolve("tmp"));
        Files.createDirectory(here.resolve("bin"));
        program("curl", """
                echo "curl $*" >>"$HERE/said"
                [ ! -e "$HERE/unreachable" ] || exit 22
                for word; do [ "$last" != -o ] || to=$word; last=$word; done
                cp "$HERE/agent.sh" "$to"
                """);
        program("sudo", """
                echo sudo >>"$HERE/said"
                exec "$@"
                """);
        Files.writeString(here.resolve("agent.sh"), """
                for word; do
                    case $word in
                    *.pem) cat "$word" >>"$HERE/certificates"; ls -l "$word" | cut -c 1-10 >>"$HERE/modes";;
                    esac
                done
                echo "script $*" >>"$HERE/said"
                exit 7
                """);
    }

    private void program(String name, String text) throws IOException {
        Path file = here.resolve("bin").resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static X509Certificate certificate(PublisherKey publisher) {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(
                            new ByteArrayInputStream(publisher.certificate().der()));
        } catch (CertificateException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As pasting does: the shell reads the block from its standard input. */
    private int paste(String shell, InstallBlock block) throws Exception {
        Files.writeString(here.resolve("block"), block.text());
        var builder = new ProcessBuilder(shell)
                .redirectInput(here.resolve("block").toFile())
                .redirectErrorStream(true)
                .redirectOutput(here.resolve("output").toFile());
        builder.environment().put("HERE", here.toString());
        builder.environment().put("TMPDIR", here.resolve("tmp").toString());
        builder.environment().merge("PATH", here.resolve("bin").toString(), (path, ours) -> ours + ":" + path);
        Process process = builder.start();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return process.exitValue();
    }

    private String said() throws IOException {
        return Files.readString(here.resolve("said")).replaceAll("/\\S+/tmp\\.[^/]+/", "DIR/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash"})
    void it_fetches_the_script_by_the_given_authority_runs_it_and_leaves_nothing(String shell) throws Exception {
        var block = new InstallBlock(SERVER, ca, publishers, Optional.of(1), Optional.of("/srv/it's a key"), List.of());
        assertThat(paste(shell, block)).isEqualTo(7);
        assertThat(said())
                .contains(
                        "curl -fsS --proto =https --connect-timeout 20 --max-time 120 --cacert DIR/ca.pem -o DIR/agent.sh"
                                + " https://patches.example:8443/install/agent.sh\n")
                .contains("script --server https://patches.example:8443 --ca DIR/ca.pem"
                        + " --publisher DIR/publisher-1.pem --threshold 1 --key-file /srv/it's a key\n");
        try (var pem = Files.newInputStream(here.resolve("certificates"))) {
            assertThat(CertificateFactory.getInstance("X.509").generateCertificates(pem))
                    .map(X509Certificate.class::cast)
                    .containsExactly(ca.get(0), publishers.get(0));
        }
        assertThat(Files.readAllLines(here.resolve("modes"))).containsOnly("-rw-------");
        assertThat(here.resolve("tmp")).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash"})
    void what_cannot_be_fetched_is_not_run(String shell) throws Exception {
        Files.createFile(here.resolve("unreachable"));
        var block = new InstallBlock(SERVER, ca, publishers, Optional.empty(), Optional.empty(), List.of());
        assertThat(paste(shell, block)).isEqualTo(22);
        assertThat(said()).doesNotContain("script");
        assertThat(here.resolve("tmp")).isEmptyDirectory();
    }

    @Test
    void a_script_that_has_another_sum_than_the_block_says_is_not_run() throws Exception {
        String other = "0".repeat(64) + "  agent.sh";
        var block = new InstallBlock(SERVER, ca, publishers, Optional.empty(), Optional.empty(), List.of(other));
        assertThat(paste("dash", block)).isNotZero();
        assertThat(said()).doesNotContain("script");
    }

    @Test
    void the_sums_are_handed_to_the_script() throws Exception {
        byte[] script = Files.readAllBytes(here.resolve("agent.sh"));
        String right = Sha256.of(script) + "  agent.sh";
        var block = new InstallBlock(SERVER, List.of(), List.of(), Optional.empty(), Optional.empty(), List.of(right));
        assertThat(paste("dash", block)).isEqualTo(7);
        assertThat(said()).contains("script --server https://patches.example:8443 --sums DIR/SHA256SUMS\n");
        assertThat(said()).doesNotContain("--cacert");
    }

    @Test
    void an_interactive_shell_finds_nothing_of_its_own_in_it_and_reads_it_whole_before_it_runs() {
        String text = new InstallBlock(SERVER, ca, publishers, Optional.empty(), Optional.empty(), List.of()).text();
        assertThat(text).startsWith("(\n").endsWith("\n)\n").doesNotContain("!", "\t");
        assertThat(text.getBytes(StandardCharsets.US_ASCII)).hasSize(text.length());
    }
}
