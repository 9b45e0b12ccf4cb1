package io.rebootless.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.TestServer;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.ServerTls;
import io.rebootless.wire.ServerTls.Authority;
import io.rebootless.wire.ServerTls.Generation;
import io.rebootless.wire.ServerTls.Mode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server's authority and the one after it, as a host and an admin live through the change. */
@Tag("every-jdk")
class SuccessionTest {
    @TempDir
    Path data;

    private TestServer server;

    @Test
    void hosts_learn_the_next_authority_before_it_takes_over_and_nobody_is_lost() throws Exception {
        try (var running = TestServer.start(data, List.of())) {
            server = running;
            byte[] former = Files.readAllBytes(data.resolve("tls/ca.pem"));
            assertThat(tls().mode()).isEqualTo(Mode.OWN_CA);
            assertThat(tls().digest()).isEqualTo(Sha256.of(former).hex());
            Api host = server.api()
                    .as(Samples.enroll(server, Samples.kernel(), Map.of()).token());
            assertThat(poll(host, null)).isEqualTo(tls().digest());

            announced(host, former);
            byte[] both = host.get(AgentProtocol.AUTHORITIES).body();
            assertThat(poll(host, Sha256.of(both).hex())).isEqualTo(tls().digest());
            until(() -> tls().hosts().ready() == 1);

            switched(former, both);
            forgotten(former);
            recorded();
        }
        try (var again = TestServer.start(data, List.of())) {
            server = again;
            assertThat(tls().authorities()).hasSize(1);
            recorded();
        }
    }

    private void announced(Api host, byte[] former) {
        var answer = server.admin().post("/api/v1/tls/authority", Map.of());
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        byte[] both = host.get(AgentProtocol.AUTHORITIES).body();
        assertThat(tls().authorities())
                .extracting(Authority::generation)
                .containsExactlyInAnyOrder(Generation.CURRENT, Generation.NEXT);
        assertThat(tls().digest())
                .isEqualTo(Sha256.of(both).hex())
                .isNotEqualTo(Sha256.of(former).hex());
        assertThat(tls().switchFrom()).isAfter(Instant.now().plus(Duration.ofDays(6)));
        server.admin().post("/api/v1/tls/authority", Map.of());
        assertThat(host.get(AgentProtocol.AUTHORITIES).body())
                .as("announced once")
                .isEqualTo(both);
        until(() -> tls().hosts().waiting() == 1);
        assertThat(tls().hosts().missing().get(0).silent()).isFalse();
        for (String force : List.of("", "?force=true")) {
            assertThat(server.admin()
                            .post("/api/v1/tls/authority/switch" + force, Map.of())
                            .problem())
                    .isEqualTo("authority-not-taken");
        }
    }

    private void switched(byte[] former, byte[] both) throws Exception {
        try (var open = TlsClient.connect(server.port(), former)) {
            assertThat(open.healthz()).contains("200");
            var before = open.shown();
            var answer = server.admin().post("/api/v1/tls/authority/switch", Map.of());
            assertThat(answer.status()).as(answer.text()).isEqualTo(200);
            assertThat(open.healthz()).as("open connections go on").contains("200");

            byte[] present = Files.readAllBytes(data.resolve("tls/ca.pem"));
            for (byte[] trusted : List.of(present, both, former)) {
                try (var client = TlsClient.connect(server.port(), trusted)) {
                    assertThat(client.shown()).isNotEqualTo(before);
                    client.shown()
                            .verify(Pem.certificate(data.resolve("tls/ca.pem")).getPublicKey());
                }
            }
        }
        assertThat(tls().digest())
                .as("hosts have nothing to fetch")
                .isEqualTo(Sha256.of(both).hex());
        assertThat(server.admin().post("/api/v1/tls/authority/switch", Map.of()).status())
                .as("repeated, for the first answer may have been lost")
                .isEqualTo(200);
        assertThat(server.admin().post("/api/v1/tls/authority", Map.of()).problem())
                .as("never three")
                .isEqualTo("authority-conflict");
    }

    private void forgotten(byte[] former) throws Exception {
        assertThat(drop(fingerprint(Generation.CURRENT)).problem()).isEqualTo("authority-conflict");
        assertThat(drop("0".repeat(64)).problem()).isEqualTo("not-found");
        assertThat(drop("x").problem()).isEqualTo("not-found");
        assertThat(drop(fingerprint(Generation.PREVIOUS)).status()).isEqualTo(204);
        assertThatThrownBy(() -> TlsClient.connect(server.port(), former)).isInstanceOf(SSLException.class);
        TlsClient.connect(server.port(), Files.readAllBytes(data.resolve("tls/ca.pem")))
                .close();
    }

    private void recorded() {
        assertThat(server.jdbc()
                        .sql(
                                "SELECT actor_kind || ' ' || action FROM audit_entry WHERE action LIKE 'tls.%' ORDER BY id")
                        .query(String.class)
                        .list())
                .containsExactly(
                        "SERVER tls.authority-created",
                        "SERVER tls.certificate-issued",
                        "API_KEY tls.step-ordered",
                        "API_KEY tls.authority-announced",
                        "API_KEY tls.step-ordered",
                        "API_KEY tls.authority-switched",
                        "API_KEY tls.certificate-issued",
                        "API_KEY tls.step-ordered",
                        "API_KEY tls.authority-dropped");
    }

    @Test
    void another_servers_authority_in_the_same_database_is_told_too_until_it_is_dropped() throws Exception {
        try (var running = TestServer.start(data, List.of())) {
            server = running;
            var other = CertificateAuthority.create(Instant.now(), new SecureRandom())
                    .certificate();
            server.jdbc()
                    .sql("INSERT INTO tls_authority VALUES (:fingerprint, :pem, 'CURRENT', :server, now())")
                    .param(
                            "fingerprint",
                            CertificateAuthority.fingerprint(other).hex())
                    .param("pem", new String(Pem.of(other), StandardCharsets.US_ASCII))
                    .param("server", UUID.randomUUID())
                    .update();
            server.admin().post("/api/v1/tls/authority", Map.of());
            assertThat(tls().authorities()).hasSize(3);
            assertThat(tls().authorities())
                    .filteredOn(authority -> !authority.own())
                    .hasSize(1);
            assertThat(server.admin().get(AgentProtocol.AUTHORITIES).text())
                    .contains(new String(Pem.of(other), StandardCharsets.US_ASCII));

            drop(fingerprint(Generation.NEXT));
            drop(CertificateAuthority.fingerprint(other).hex());
            assertThat(server.admin().get(AgentProtocol.AUTHORITIES).body())
                    .isEqualTo(Files.readAllBytes(data.resolve("tls/ca.pem")));
            assertThat(server.admin()
                            .post("/api/v1/tls/authority/switch", Map.of())
                            .problem())
                    .isEqualTo("authority-conflict");
        }
    }

    @Test
    void what_the_files_had_before_the_database_went_away_is_recorded_at_the_next_look() throws Exception {
        try (var running = TestServer.start(data, List.of())) {
            server = running;
            var authorities = server.context().getBean(Authorities.class);
            var files = new AuthorityFiles(data.resolve("tls"), Clock.systemUTC(), new SecureRandom());

            AuthorityFiles.take(files.announcing());
            assertThat(tls().authorities()).hasSize(1);
            authorities.look();
            assertThat(tls().authorities())
                    .extracting(Authority::generation)
                    .containsExactlyInAnyOrder(Generation.CURRENT, Generation.NEXT);

            String next = fingerprint(Generation.NEXT);
            AuthorityFiles.take(files.switching());
            assertThatThrownBy(files::switching).isInstanceOf(IOException.class);
            authorities.look();
            assertThat(fingerprint(Generation.CURRENT)).isEqualTo(next);
            assertThat(tls().authorities())
                    .extracting(Authority::generation)
                    .containsExactlyInAnyOrder(Generation.CURRENT, Generation.PREVIOUS);
            assertThat(data.resolve("tls/cross.pem")).exists();
        }
    }

    private ServerTls tls() {
        return server.admin().get("/api/v1/tls").as(ServerTls.class);
    }

    private Api.Answer drop(String fingerprint) {
        return server.admin().delete("/api/v1/tls/authorities/" + fingerprint);
    }

    private String fingerprint(Generation generation) {
        return tls().authorities().stream()
                .filter(authority -> authority.own() && authority.generation() == generation)
                .map(authority -> authority.fingerprint().hex())
                .findFirst()
                .orElseThrow();
    }

    private static String poll(Api host, @org.jspecify.annotations.Nullable String held) {
        var request = host.request(AgentProtocol.DIRECTIVE);
        if (held != null) {
            request.header(AgentProtocol.AUTHORITIES_DIGEST, held);
        }
        return host.send(request).header(AgentProtocol.AUTHORITIES_DIGEST);
    }

    private static void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            try {
                TimeUnit.MILLISECONDS.sleep(100);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
