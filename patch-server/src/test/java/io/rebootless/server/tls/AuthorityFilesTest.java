package io.rebootless.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.server.tls.AuthorityFiles.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

/** The authority's generations in files, whatever a crash leaves of a change. */
class AuthorityFilesTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir
    private Path directory;

    private Clock clock = Clock.systemUTC();

    private TlsFiles files(Path where) {
        return new TlsFiles(where, new ServerNames(List.of("localhost")), clock, RANDOM);
    }

    /** What a start does. */
    private TlsFiles started(Path where) throws Exception {
        var files = files(where);
        files.renew();
        var served = files.served();
        assertThat(trusts(files.authorities().open().current().certificate(), served))
                .as("who trusts the present authority trusts the server")
                .isTrue();
        return files;
    }

    private static boolean trusts(X509Certificate authority, ServerCertificate served) throws Exception {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("ca", authority);
        var factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        try {
            ((X509TrustManager) factory.getTrustManagers()[0])
                    .checkServerTrusted(served.chain().toArray(X509Certificate[]::new), "UNKNOWN");
            return true;
        } catch (CertificateException e) {
            return false;
        }
    }

    private interface Change {
        List<Step> of(AuthorityFiles files) throws IOException, GeneralSecurityException;
    }

    private interface Check {
        void of(int steps, boolean all, TlsFiles after) throws Exception;
    }

    /** Takes the first of the steps, then the first two, and so on, each time in a copy, and starts a server on what is left. */
    private void cutShort(Path from, Change change, Check check) throws Exception {
        int count = change.of(files(copy(from, "count")).authorities()).size();
        assertThat(count).isGreaterThan(1);
        for (int taken = 0; taken <= count; taken++) {
            Path copy = copy(from, "after-" + taken);
            AuthorityFiles.take(change.of(files(copy).authorities()).subList(0, taken));
            var after = started(copy);
            check.of(taken, taken == count, after);
            assertThat(started(copy).authorities().open())
                    .as("nothing is left to mend")
                    .isEqualTo(after.authorities().open());
        }
    }

    private Path copy(Path from, String name) throws IOException {
        Path to = directory.resolve(name);
        FileSystemUtils.deleteRecursively(to);
        FileSystemUtils.copyRecursively(from, to);
        return to;
    }

    private Path first() throws Exception {
        Path where = Files.createDirectory(directory.resolve("tls"));
        started(where);
        return where;
    }

    private Path announced() throws Exception {
        Path where = first();
        AuthorityFiles.take(files(where).authorities().announcing());
        return where;
    }

    private Path switched() throws Exception {
        Path where = announced();
        AuthorityFiles.take(files(where).authorities().switching());
        started(where);
        return where;
    }

    @Test
    void an_announcement_cut_short_anywhere_is_none_or_whole() throws Exception {
        Path before = first();
        var authority = files(before).authorities().open().current();
        cutShort(before, AuthorityFiles::announcing, (steps, all, after) -> {
            var now = after.authorities().open();
            assertThat(now.current()).isEqualTo(authority);
            assertThat(now.next().isPresent()).isEqualTo(all);
        });
    }

    @Test
    void a_switch_cut_short_anywhere_is_none_or_whole_and_loses_no_client() throws Exception {
        Path before = announced();
        var generations = files(before).authorities().open();
        var former = generations.current().certificate();
        var next = generations.next().orElseThrow();
        cutShort(before, AuthorityFiles::switching, (steps, all, after) -> {
            var now = after.authorities().open();
            boolean done = now.current().certificate().equals(next);
            assertThat(done || now.current().certificate().equals(former)).isTrue();
            assertThat(done || !all).as("all steps make a switch").isTrue();
            assertThat(now.next().isPresent()).isEqualTo(!done);
            assertThat(now.previous().isPresent()).isEqualTo(done);
            assertThat(trusts(former, after.served()))
                    .as("after %d steps", steps)
                    .isTrue();
        });
    }

    @Test
    void taking_a_next_authority_back_cut_short_anywhere_leaves_it_or_not() throws Exception {
        Path before = announced();
        cutShort(
                before,
                AuthorityFiles::abandoning,
                (steps, all, after) -> assertThat(
                                after.authorities().open().next().isPresent())
                        .isEqualTo(steps == 0));
    }

    @Test
    void forgetting_the_previous_authority_cut_short_anywhere_leaves_a_server_that_shows_a_good_certificate()
            throws Exception {
        Path before = switched();
        var former = files(before).authorities().open().previous().orElseThrow();
        cutShort(before, AuthorityFiles::dropping, (steps, all, after) -> {
            assertThat(after.authorities().open().previous().isPresent()).isEqualTo(steps == 0);
            assertThat(trusts(former, after.served())).isEqualTo(steps == 0);
        });
    }

    @Test
    void the_former_key_is_gone_after_the_switch_and_no_secret_is_readable() throws Exception {
        Path before = announced();
        byte[] former = Files.readAllBytes(before.resolve("ca.key"));
        AuthorityFiles.take(files(before).authorities().switching());
        started(before);
        try (var all = Files.list(before)) {
            for (Path file : all.toList()) {
                assertThat(Files.readAllBytes(file)).isNotEqualTo(former);
                if (file.toString().endsWith(".key")) {
                    assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
                }
            }
        }
    }

    @Test
    void a_server_certificate_and_key_that_a_crash_has_parted_are_made_anew() throws Exception {
        Path where = first();
        Path other = Files.createDirectory(directory.resolve("other"));
        started(other);
        Files.copy(
                other.resolve("server.key"),
                where.resolve("server.key"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThat(files(where).renew()).isTrue();
        assertThat(KeyMatch.of(
                        files(where).served().key(), files(where).served().own()))
                .isTrue();
    }

    @Test
    void a_certificate_is_renewed_sixty_days_before_its_end_and_never_outlives_its_authority() throws Exception {
        Path where = first();
        var authority = files(where).authorities().open().current().certificate();
        later(Duration.ofDays(336));
        assertThat(files(where).renew()).isFalse();
        later(Duration.ofDays(338));
        assertThat(files(where).renew()).isTrue();

        clock = Clock.fixed(authority.getNotAfter().toInstant().minus(Duration.ofDays(30)), ZoneOffset.UTC);
        assertThat(files(where).renew()).isTrue();
        assertThat(files(where).served().own().getNotAfter()).isEqualTo(authority.getNotAfter());
        assertThat(files(where).renew()).as("there is nothing longer to be had").isFalse();
    }

    @Test
    void an_authority_that_lost_one_of_its_files_is_not_replaced_behind_everybodys_back() throws Exception {
        Path where = first();
        Files.move(where.resolve("ca.key"), directory.resolve("away"));
        assertThatThrownBy(() -> files(where).renew()).hasMessageContaining("ca.key is missing");
        Files.move(directory.resolve("away"), where.resolve("ca.key"));
        Files.delete(where.resolve("ca.pem"));
        assertThatThrownBy(() -> files(where).renew()).hasMessageContaining("ca.pem is missing");

        Path other = Files.createDirectory(directory.resolve("other"));
        started(other);
        Files.copy(other.resolve("ca.pem"), where.resolve("ca.pem"));
        assertThatThrownBy(() -> files(where).renew()).hasMessageContaining("does not belong to");
    }

    @Test
    void a_first_start_killed_between_key_and_certificate_begins_again() throws Exception {
        Path other = first();
        Path where = Files.createDirectory(directory.resolve("killed"));
        Files.copy(other.resolve("ca.key"), where.resolve("ca.key"));
        started(where);
    }

    private void later(Duration from) {
        clock = Clock.fixed(Instant.now().plus(from), ZoneOffset.UTC);
    }
}
