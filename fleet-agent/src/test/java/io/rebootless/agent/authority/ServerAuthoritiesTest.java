package io.rebootless.agent.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.agent.cycle.Patrol;
import io.rebootless.agent.memory.Membership;
import io.rebootless.agent.server.ServerClient;
import io.rebootless.agent.server.Timeouts;
import io.rebootless.agent.testing.LoopbackServer;
import io.rebootless.agent.testing.TestCa;
import io.rebootless.agent.testing.TestHost;
import io.rebootless.bundle.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server changes the authority by which it is known, and the agent goes along, or does not. */
class ServerAuthoritiesTest {
    private static final Timeouts SHORT =
            new Timeouts(Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(5));

    @TempDir
    private Path directory;

    private TestCa present;
    private TestCa next;
    private Path ca;
    private byte[] presentPem;
    private byte[] nextPem;
    private LoopbackServer server;
    private TestHost host;

    @BeforeEach
    void aServerKnownByOneAuthority() throws Exception {
        present = new TestCa("CN=present");
        next = new TestCa("CN=next");
        ca = present.pem(directory.resolve("ca.pem"));
        presentPem = Files.readAllBytes(ca);
        nextPem = Files.readAllBytes(next.pem(directory.resolve("next.pem")));
        server = new LoopbackServer(present.server("127.0.0.1"));
        host = new TestHost(directory.resolve("host"));
    }

    @AfterEach
    void stop() {
        server.close();
        host.close();
    }

    @Test
    void theNextAuthorityIsLearnedKeptAndNamedAndCarriesTheAgentOver() throws Exception {
        server.tell(both());
        once(server.secureUri(), ca);
        once(server.secureUri(), ca);

        assertThat(server.heldAuthorities()).containsExactly(digest(presentPem), digest(both()));
        assertThat(host.logged()).contains("CN=present; CN=next");

        try (var switched = new LoopbackServer(next.server("127.0.0.1"))) {
            switched.tell(nextPem);
            once(switched.secureUri(), ca);
            once(switched.secureUri(), ca);
            assertThat(switched.heldAuthorities()).containsExactly(digest(both()), digest(nextPem));
        }
        assertThatThrownBy(() -> once(server.secureUri(), ca))
                .as("the one before is forgotten when the server says so")
                .hasMessageContaining("TLS failed");
    }

    @Test
    void theAgentIsCarriedOverWithoutARestart() throws Exception {
        var patrol = patrol(server.secureUri(), ca);
        server.tell(both());
        patrol.once();
        patrol.once();
        assertThat(server.heldAuthorities()).endsWith(digest(both()));
        assertThat(server.requests())
                .filteredOn(line -> line.contains("authorities"))
                .hasSize(1);
    }

    @Test
    void authoritiesThatCannotBeUsedChangeNothing() throws Exception {
        String leaf = leafPem();
        for (byte[] useless : new byte[][] {
            "no certificate".getBytes(StandardCharsets.US_ASCII),
            new byte[0],
            new byte[] {(byte) 0xff, 0, 1},
            nextPem,
            (new String(presentPem, StandardCharsets.US_ASCII) + leaf).getBytes(StandardCharsets.US_ASCII)
        }) {
            server.tell(useless);
            once(server.secureUri(), ca);
            once(server.secureUri(), ca);
            assertThat(host.state().authorities()).isEmpty();
        }
        assertThat(server.heldAuthorities()).containsOnly(digest(presentPem));
        assertThat(host.logged())
                .contains(
                        "none of them vouches for the certificate",
                        "holds no certificate in PEM",
                        "no certificate of an authority");
    }

    @Test
    void whatIsNotTakenIsSaidOnceNotWithEveryPoll() throws Exception {
        server.tell(nextPem);
        var patrol = patrol(server.secureUri(), ca);
        patrol.once();
        patrol.once();
        assertThat(host.logged().lines().filter(line -> line.contains("are not taken")))
                .hasSize(1);
    }

    @Test
    void anAgentStoppedBeforeItCouldKeepThemFetchesThemAgain() throws Exception {
        server.tell(both());
        Path file = directory.resolve("host/state/authorities.json");
        Files.createDirectories(file.resolve("in-the-way"));
        once(server.secureUri(), ca);
        assertThat(server.heldAuthorities()).containsExactly(digest(presentPem));
        Files.delete(file.resolve("in-the-way"));
        Files.delete(file);

        once(server.secureUri(), ca);
        once(server.secureUri(), ca);
        assertThat(server.heldAuthorities()).endsWith(digest(both()));
    }

    @Test
    void withoutTlsNobodyIsBelieved() throws Exception {
        try (var plain = LoopbackServer.start()) {
            plain.tell(both());
            once(plain.uri(), ca);
            assertThat(plain.requests()).noneMatch(line -> line.contains("authorities"));
            assertThat(host.state().authorities()).isEmpty();
            assertThat(host.logged()).contains("without TLS no authorities are taken");
        }
    }

    @Test
    void withoutACaFileOfItsOwnTheServerHasNothingToTell() throws Exception {
        try (var plain = LoopbackServer.start()) {
            plain.tell(both());
            once(plain.uri(), null);
            assertThat(plain.heldAuthorities()).isEmpty();
            assertThat(plain.requests()).noneMatch(line -> line.contains("authorities"));
        }
    }

    @Test
    void anotherCaFileOfTheAdministratorsTakesPrecedence() throws Exception {
        server.tell(both());
        once(server.secureUri(), ca);
        Files.write(ca, nextPem);
        assertThatThrownBy(() -> once(server.secureUri(), ca)).hasMessageContaining("TLS failed");
    }

    @Test
    void aDamagedMemoryOfThemFallsBackToTheCaFile() throws Exception {
        server.tell(both());
        once(server.secureUri(), ca);
        Files.writeString(directory.resolve("host/state/authorities.json"), "{\"version\":1");
        once(server.secureUri(), ca);
        assertThat(host.logged()).contains("authorities.json is damaged").contains("is used");
        assertThat(host.state().authorities()).as("learned again").isPresent();
    }

    private String leafPem() throws Exception {
        var copy = directory.resolve("leaf.pem");
        next.leafPem(copy);
        return Files.readString(copy);
    }

    private byte[] both() throws IOException {
        var both = new ByteArrayOutputStream();
        both.write(presentPem);
        both.write(nextPem);
        return both.toByteArray();
    }

    private static String digest(byte[] pem) {
        return Sha256.of(pem).hex();
    }

    /** A new process does one round. */
    private void once(URI uri, @Nullable Path authority) throws Exception {
        patrol(uri, authority).once();
    }

    private Patrol patrol(URI uri, @Nullable Path authority) throws IOException {
        var equipment = host.equipment();
        // The server that has switched is at another port here, and would not be shown the token.
        host.state().join(new Membership(new UUID(1, 2), LoopbackServer.TOKEN, Duration.ofSeconds(60)));
        var authorities = ServerAuthorities.of(Optional.ofNullable(authority), host.state(), equipment.log());
        return new Patrol(equipment, new ServerClient(uri, authorities.tls(), SHORT, "test"), authorities);
    }
}
