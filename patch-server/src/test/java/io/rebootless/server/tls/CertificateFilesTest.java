package io.rebootless.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.rebootless.server.settings.BadSettingException;
import io.rebootless.server.testing.TestServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A certificate that somebody else keeps in two files, and replaces while the server runs. */
class CertificateFilesTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir
    Path directory;

    private CertificateAuthority authority;
    private Path certificate;
    private Path key;

    @BeforeEach
    void a_certificate_in_files() throws Exception {
        authority = CertificateAuthority.create(Instant.now(), RANDOM);
        certificate = directory.resolve("fullchain.pem");
        key = directory.resolve("privkey.pem");
        put(issue(Instant.now()));
    }

    private CertificateAuthority.Issued issue(Instant from) throws Exception {
        var names = new ServerNames(List.of("localhost"));
        return authority.issue(names.names(), names.alternativeNames(), from);
    }

    private void put(CertificateAuthority.Issued issued) throws Exception {
        write(key, Pem.of(issued.key()), "rw-r-----");
        write(certificate, Pem.of(issued.certificate()), "rw-r--r--");
    }

    private static void write(Path file, byte[] content, String mode) throws Exception {
        Path fresh = file.resolveSibling("fresh");
        Files.write(fresh, content);
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString(mode));
        Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private List<String> settings() {
        return List.of("--rebootless.tls.certificate=" + certificate, "--rebootless.tls.key=" + key);
    }

    @Test
    void what_replaces_it_is_shown_to_new_connections_and_what_is_broken_is_not() throws Exception {
        var said = new CopyOnWriteArrayList<String>();
        var appender = new ListAppender<ILoggingEvent>() {
            @Override
            protected void append(ILoggingEvent event) {
                said.add(event.getLevel() + " " + event.getFormattedMessage());
            }
        };
        appender.start();
        var log = (Logger) LoggerFactory.getLogger(CertificateWatch.class);
        try (var server = TestServer.start(directory.resolve("data"), settings())) {
            log.addAppender(appender);
            byte[] ca = Pem.of(authority.certificate());
            assertThat(directory.resolve("data/tls/ca.pem")).doesNotExist();
            try (var open = TlsClient.connect(server.port(), ca)) {
                assertThat(open.healthz()).contains("200");
                assertThat(open.shown()).isEqualTo(Pem.certificate(certificate));

                var second = issue(Instant.now());
                put(second);
                until(() -> shown(server, ca).equals(second.certificate()));
                assertThat(open.healthz()).as("open connections go on").contains("200");

                write(
                        certificate,
                        "-----BEGIN CERTIFICATE-----\nAAAA\n".getBytes(StandardCharsets.US_ASCII),
                        "rw-r--r--");
                until(() ->
                        said.stream().anyMatch(line -> line.contains("ERROR") && line.contains("certificate's file")));
                write(certificate, Pem.of(issue(Instant.now()).certificate()), "rw-r--r--");
                until(() -> said.stream().anyMatch(line -> line.contains("the key does not belong")));
                put(issue(Instant.now().minus(Duration.ofDays(500))));
                until(() -> said.stream().anyMatch(line -> line.contains("has ended")));
                Files.delete(key);
                until(() -> said.stream().anyMatch(line -> line.contains("is not there")));
                var third = issue(Instant.now());
                put(third);
                write(key, Pem.of(third.key()), "rw-r--r--");
                until(() -> said.stream().anyMatch(line -> line.contains("readable by everybody")));
                assertThat(shown(server, ca)).isEqualTo(second.certificate());

                put(third);
                until(() -> shown(server, ca).equals(third.certificate()));
            }
            assertThat(said).allMatch(line -> !line.contains("PRIVATE"));
            // Shown first, then taken down: the entry may follow the first connection that sees it.
            until(() -> loaded(server) >= 3);
            assertThat(loaded(server)).isEqualTo(3);
        } finally {
            log.detachAppender(appender);
        }
    }

    private static long loaded(TestServer server) {
        return server.jdbc()
                .sql("SELECT count(*) FROM audit_entry WHERE action = 'tls.certificate-loaded'")
                .query(Long.class)
                .single();
    }

    private static X509Certificate shown(TestServer server, byte[] ca) throws Exception {
        try (var client = TlsClient.connect(server.port(), ca)) {
            return client.shown();
        }
    }

    private static void until(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(90).toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    @Test
    void a_pair_that_is_no_use_ends_the_start_by_its_name() throws Exception {
        write(key, Pem.of(issue(Instant.now()).key()), "rw-------");
        refused(settings(), "the key does not belong to the first certificate");
        write(key, "none".getBytes(StandardCharsets.US_ASCII), "rw-------");
        refused(settings(), "the key's file is not in PEM");
        write(
                key,
                "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n".getBytes(StandardCharsets.US_ASCII),
                "rw-------");
        refused(settings(), "no unencrypted private key");
        write(key, Pem.of(issue(Instant.now()).key()), "rw-r--r--");
        refused(settings(), "readable by everybody");
        refused(List.of("--rebootless.tls.key=" + key), "rebootless.tls.key is set alone");
        refused(
                List.of(settings().get(0), settings().get(1), "--rebootless.tls.mode=off"),
                "rebootless.tls.certificate is set");
        refused(List.of("--server.ssl.enabled=false"), "server.ssl.enabled is false");
    }

    private void refused(List<String> settings, String reason) {
        assertThatThrownBy(() -> TestServer.start(directory.resolve("data"), settings))
                .satisfies(thrown -> assertThat(causes(thrown))
                        .filteredOn(cause -> cause instanceof BadSettingException)
                        .singleElement()
                        .satisfies(cause -> assertThat(cause).hasMessageContaining(reason)));
    }

    private static List<Throwable> causes(Throwable thrown) {
        return Stream.iterate(thrown, Objects::nonNull, Throwable::getCause).toList();
    }
}
