package io.rebootless.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.rebootless.testing.PlainServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an admin sees and does about the server's authority, against a server that answers as told. */
class TlsTest {
    private static final String FINGERPRINT = "ab".repeat(32);

    @TempDir
    Path here;

    HttpServer server;
    final List<String> asked = new ArrayList<>();
    int status = 200;
    String answer = """
            {"mode":"own-ca","certificateEnds":"2027-12-27T00:00:00Z","digest":"%1$s","switchFrom":"2026-12-02T00:00:00Z",
             "authorities":[
              {"fingerprint":"%1$s","subject":"CN=next","generation":"next","server":"6e5e3f3c-2f5b-4a3f-8f1e-0c6a1b2c3d4e",
               "own":true,"since":"2026-11-25T00:00:00Z","ends":"2046-11-20T00:00:00Z"},
              {"fingerprint":"%1$s","subject":"CN=present","generation":"current",
               "server":"6e5e3f3c-2f5b-4a3f-8f1e-0c6a1b2c3d4e","own":true,"since":"2026-11-25T00:00:00Z",
               "ends":"2046-11-20T00:00:00Z"}],
             "hosts":{"total":9,"ready":6,"waiting":2,"silent":1,"missing":[
              {"id":"6e5e3f3c-2f5b-4a3f-8f1e-0c6a1b2c3d4e","hostname":"web-1","silent":false}]}}""".formatted(FINGERPRINT);

    @BeforeEach
    void a_server() throws IOException {
        Files.writeString(here.resolve("admin.key"), "rlak_secret\n");
        start(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
    }

    private void start(HttpServer fresh) {
        server = fresh;
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, status == 204 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes, 0, status == 204 ? 0 : bytes.length);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void status_shows_the_generations_and_who_is_missing() {
        var tls = run("http", "tls", "status");
        assertThat(tls.exit()).as(tls.err()).isZero();
        assertThat(tls.out())
                .contains("by the server's own authority, until 2027-12-27T00:00:00Z")
                .contains("6 of 9 trust all of these; 2 that answer do not, nor do 1 silent ones")
                .contains("web-1", "and 2 more", "from 2026-12-02T00:00:00Z on by itself", "fetch-ca");
        assertThat(tls.out().indexOf("CN=present")).isLessThan(tls.out().indexOf("CN=next"));
    }

    @Test
    void rotate_switch_and_drop_ask_for_what_their_names_say() {
        assertThat(run("http", "tls", "rotate").exit()).isZero();
        assertThat(run("http", "tls", "switch").exit()).isZero();
        assertThat(run("http", "tls", "switch", "--force").exit()).isZero();
        status = 204;
        assertThat(run("http", "tls", "drop", FINGERPRINT).exit()).isZero();
        assertThat(asked)
                .containsExactly(
                        "POST /api/v1/tls/authority",
                        "POST /api/v1/tls/authority/switch?force=false",
                        "POST /api/v1/tls/authority/switch?force=true",
                        "DELETE /api/v1/tls/authorities/" + FINGERPRINT);
        assertThat(run("http", "tls", "drop", "abc").exit()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void a_refusal_is_shown_with_its_remedy() {
        status = 409;
        answer = "{\"type\":\"urn:rebootless:problem:authority-not-taken\",\"title\":\"No\",\"status\":409,"
                + "\"detail\":\"2 hosts\",\"remedy\":\"Wait.\"}";
        var refused = run("http", "tls", "switch");
        assertThat(refused.exit()).isEqualTo(ExitCode.REFUSED);
        assertThat(refused.err()).contains("authority-not-taken: 2 hosts. Wait.");
    }

    @Test
    void without_https_no_authorities_are_fetched() {
        var refused = run("http", "tls", "fetch-ca", "-o", here.resolve("ca.pem"));
        assertThat(refused.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(asked).isEmpty();
        assertThat(here.resolve("ca.pem")).doesNotExist();
    }

    @Test
    void authorities_are_fetched_over_a_trusted_connection_into_the_very_file_that_vouched_for_it() throws Exception {
        stop();
        Path ca = here.resolve("ca.pem");
        start(secure(ca));
        String before = Files.readString(ca);

        answer = "garbage";
        assertThat(run("https", "tls", "fetch-ca", "--ca", ca, "-o", ca).exit()).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(ca).hasContent(before);

        answer = before + before;
        var fetched = run("https", "tls", "fetch-ca", "--ca", ca, "-o", ca);
        assertThat(fetched.exit()).as(fetched.err()).isZero();
        assertThat(ca).hasContent(before + before);
    }

    @Test
    void why_no_connection_came_about_is_said_with_what_to_do() throws Exception {
        try (var plain = PlainServer.start()) {
            assertThat(status("https://127.0.0.1:" + plain.port()).err())
                    .contains("it does not speak HTTPS; is the port right?");
        }
        status = 400;
        answer = "Bad Request\r\nThis combination of host and port requires TLS.\r\n";
        String place = "127.0.0.1:" + server.getAddress().getPort();
        assertThat(run("http", "tls", "status").err()).contains("it speaks HTTPS: write https://" + place);
        answer = "something else";
        assertThat(run("http", "tls", "status").err()).contains("it answered HTTP 400");
        stop();

        Path ca = here.resolve("ca.pem");
        start(secure(ca));
        assertThat(run("https", "tls", "status").err())
                .contains("its certificate is by no authority known here; name its CA with --ca");
        var named = status("https://localhost:" + server.getAddress().getPort(), "--ca", ca);
        assertThat(named.exit()).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(named.err())
                .contains("its certificate is not for localhost; use a name that it has, or add localhost to")
                .contains("rebootless.tls.names")
                .doesNotContain("--ca");
    }

    private Cli status(String url, Object... more) {
        var all = new ArrayList<Object>(
                List.of("tls", "status", "--server", url, "--api-key-file", here.resolve("admin.key")));
        all.addAll(List.of(more));
        return Cli.run(all.toArray());
    }

    private static HttpsServer secure(Path ca) throws Exception {
        var pair = KeyPairGenerator.getInstance("EC").generateKeyPair();
        var name = new X500Name("CN=test");
        var builder = new JcaX509v3CertificateBuilder(
                name,
                BigInteger.TWO,
                Date.from(Instant.now().minus(Duration.ofDays(1))),
                Date.from(Instant.now().plus(Duration.ofDays(1))),
                name,
                pair.getPublic());
        builder.addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
        X509Certificate certificate = new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
        Files.writeString(
                ca,
                "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
                        .formatted(
                                Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())));
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", pair.getPrivate(), new char[0], new Certificate[] {certificate});
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, new char[0]);
        var context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        var server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        return server;
    }

    private Cli run(String scheme, Object... words) {
        var all = new ArrayList<Object>(List.of(words));
        all.addAll(List.of(
                "--server",
                scheme + "://127.0.0.1:" + server.getAddress().getPort(),
                "--api-key-file",
                here.resolve("admin.key")));
        return Cli.run(all.toArray());
    }
}
