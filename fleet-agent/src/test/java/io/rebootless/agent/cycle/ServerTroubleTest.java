package io.rebootless.agent.cycle;

import static io.rebootless.agent.testing.HostileServer.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.agent.memory.Membership;
import io.rebootless.agent.memory.Orders;
import io.rebootless.agent.memory.ServerTrouble;
import io.rebootless.agent.server.ServerException;
import io.rebootless.agent.testing.HostileContract;
import io.rebootless.agent.testing.HostileServer;
import io.rebootless.agent.testing.LoopbackServer;
import io.rebootless.agent.testing.TestHost;
import io.rebootless.testing.TestPublishers;
import io.rebootless.trust.TrustedPublishers;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.Directive;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is remembered of a server that is of no use, when it is asked again, and which server sees the token. */
class ServerTroubleTest {
    @TempDir
    private Path directory;

    private TestHost host;

    @BeforeEach
    void host() throws Exception {
        host = new TestHost(directory);
        host.server().orderRun(3, host.publish(1, 0));
        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
    }

    @AfterEach
    void close() {
        host.close();
    }

    private Optional<ServerTrouble> trouble() throws IOException {
        return host.state().look().reporting().trouble();
    }

    @Test
    void aTroubleIsRememberedWithItsBeginningAndForgottenWhenTheServerIsWellAgain() throws Exception {
        assertThat(trouble()).isEmpty();
        host.server().refuse(500, Map.of());
        assertThatThrownBy(host::once).isInstanceOf(IOException.class);
        var first = trouble().orElseThrow();
        assertThat(first.what()).contains("answers 500");
        host.server().refuse(401, Map.of());
        assertThatThrownBy(host::once).isInstanceOf(IOException.class);
        assertThat(trouble().orElseThrow().what()).contains("does not know this host's token");
        assertThat(trouble().orElseThrow().since()).isEqualTo(first.since());

        host.server().refuse(0, Map.of());
        host.once();
        assertThat(trouble()).isEmpty();
    }

    @Test
    void aServerThatHasNoPlaceForADownloadNowIsAskedAgainAndNeitherBundleNorHostIsBlamed() throws Exception {
        host.server().orderRun(4, host.publish(2, 0));
        host.server().haveNoPlaceForDownloads(true);
        for (int tries = 0; tries < 5; tries++) {
            assertThatThrownBy(host::once)
                    .isInstanceOfSatisfying(
                            ServerException.class,
                            refused -> assertThat(refused.retryAfter()).contains(Duration.ofSeconds(5)));
        }
        assertThat(trouble().orElseThrow().what()).contains("answers 429");
        assertThat(host.state().look().progress().verdict()).isEmpty();
        assertThat(host.server().lastReport().state()).isEqualTo(AgentState.FETCHING);
        assertThat(host.kernel().state().level()).isEqualTo(1);

        host.server().haveNoPlaceForDownloads(false);
        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
        assertThat(host.kernel().state().level()).isEqualTo(2);
        assertThat(trouble()).isEmpty();
    }

    @Test
    void reportsThatAreNotTakenAreATroubleToo() throws Exception {
        host.server().wantReport(true);
        try (var server = HostileServer.start((head, out) -> HostileContract.write(
                out,
                head.contains(AgentProtocol.REPORT)
                        ? answer(400, "", "")
                        : answer(304, "Rebootless-Report-Wanted: true", "")))) {
            host.patrolAt(server.uri(), HostileContract.SHORT).once();
            assertThat(trouble().orElseThrow().what()).contains("a report is not taken", "400");
        }
    }

    @Test
    void anImpossibleNumberDoesNotMakeAllLaterOrdersLookOld() throws Exception {
        host.server().order(new Directive(1, Long.MAX_VALUE, Directive.Order.NONE, null, null));
        host.once();
        assertThat(trouble().orElseThrow().what()).contains("impossible number");
        assertThat(host.kernel().state().level()).isEqualTo(1);
        host.server().orderRun(4, host.publish(2, 0));
        host.once();
        assertThat(host.kernel().state().level()).isEqualTo(2);
        assertThat(trouble()).isEmpty();
    }

    @Test
    void aServerThatLiedWithAPossibleNumberIsForgottenByEnrollingAnew() throws Exception {
        host.server().order(new Directive(1, Orders.MAX_GENERATION, Directive.Order.HOLD, null, "lie"));
        host.once();
        host.server().orderRun(4, host.publish(2, 0));
        host.once();
        assertThat(host.kernel().state().level()).isEqualTo(1);
        assertThat(trouble().orElseThrow().what()).contains("older than 9007199254740992", "enroll --force");

        // What `enroll --force` does.
        try (var session = host.state().open()) {
            session.save(session.memory().enrolledAnew());
        }
        host.once();
        assertThat(host.kernel().state().level()).isEqualTo(2);
    }

    @Test
    void whatWasRefusedUnderTheFormerServersNumbersIsTriedUnderTheNewOnes() throws Exception {
        host.trust(TrustedPublishers.of(List.of(TestPublishers.bob().certificate()), 1));
        host.server().orderRun(4, host.publish(2, 0));
        assertThat(host.once().state()).isEqualTo(AgentState.REFUSED);
        var bundle = host.publish(3, 0);
        host.server().orderRun(5, bundle);
        assertThat(host.once().state()).isEqualTo(AgentState.REFUSED);
        assertThat(host.state().look().verdicts()).hasSize(2);

        // What `enroll --force` does; the new server has come as far as 5, too.
        try (var session = host.state().open()) {
            session.save(session.memory().enrolledAnew());
        }
        assertThat(host.state().look().verdicts()).isEmpty();
        host.trust(TrustedPublishers.of(List.of(TestPublishers.alice().certificate()), 1));
        var cycle = new Cycle(host.equipment());
        var member = host.state().membership().orElseThrow();
        cycle.accept(new Directive(1, 5, Directive.Order.RUN, bundle, null), Optional.empty(), member);
        cycle.work(Uplink.NONE);
        assertThat(host.kernel().state().level()).isEqualTo(3);
    }

    @Test
    void aTimeThatTheServerNamesIsKeptToAndJittered() throws Exception {
        var deferral = new Deferral(host.equipment(), new ServerHealth(host.equipment()));
        for (var expected : Map.of(
                        "7", Duration.ofSeconds(7),
                        "0", Duration.ZERO,
                        "315360000000000000", Duration.ofHours(1),
                        "Wed, 21 Oct 2015 07:28:30 GMT", Duration.ofSeconds(30),
                        "Wed, 21 Oct 2015 07:27:00 GMT", Duration.ZERO,
                        "Mon, 21 Oct 2115 07:28:00 GMT", Duration.ofHours(1))
                .entrySet()) {
            String headers = "Date: Wed, 21 Oct 2015 07:28:00 GMT\r\nRetry-After: " + expected.getKey();
            try (var server = HostileServer.saying(answer(503, headers, ""))) {
                var refused = refusal(server);
                assertThat(refused.retryAfter()).contains(expected.getValue());
                for (int failures = 1; failures < 100; failures++) {
                    assertThat(deferral.after(refused, failures))
                            .isBetween(
                                    expected.getValue().plusMillis(2500),
                                    expected.getValue().plusSeconds(20));
                }
            }
        }
        try (var server = HostileServer.saying(answer(503, "Retry-After: tomorrow", ""))) {
            assertThat(refusal(server).retryAfter()).isEmpty();
            assertThat(deferral.after(refusal(server), 1)).isBetween(Duration.ofMillis(2500), Duration.ofSeconds(5));
            assertThat(deferral.after(refusal(server), 50))
                    .isBetween(Duration.ofMillis(150_000), Duration.ofMinutes(5));
        }
    }

    private ServerException refusal(HostileServer server) {
        try {
            host.patrolAt(server.uri(), HostileContract.SHORT).once();
        } catch (ServerException e) {
            return e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        throw new IllegalStateException("not refused");
    }

    @Test
    void theTokenOfAnotherServerIsNotShownToThisOne() throws Exception {
        var elsewhere = URI.create("https://new.example:8443");
        host.state().join(new Membership(new UUID(3, 4), "rlht_new", Duration.ofSeconds(60), Optional.of(elsewhere)));
        host.server().requests().clear();
        assertThatThrownBy(() -> host.patrol().run())
                .isInstanceOf(Patrol.ElsewhereException.class)
                .hasMessageContaining("https://new.example:8443")
                .hasMessageContaining("enroll --force");
        assertThatThrownBy(host::once).isInstanceOf(Patrol.ElsewhereException.class);
        host.patrol().uplink(host.state().membership().orElseThrow()).report();
        assertThat(host.server().requests()).isEmpty();
        assertThat(host.kernel().state().inForce()).isTrue();
    }

    @Test
    void aTokenFromAnEarlierVersionBelongsToTheServerInTheSettings() throws Exception {
        assertThat(host.state().membership().orElseThrow().server())
                .contains(host.server().uri());
        assertThat(host.state()
                        .membership()
                        .orElseThrow()
                        .at(URI.create(host.server().uri() + "/")))
                .isTrue();
    }

    @Test
    void whatTheFormerServerStillSaysAfterAnEnrolmentIsIgnored() throws Exception {
        var fresh = new Membership(
                new UUID(3, 4), "rlht_new", Duration.ofSeconds(60), Optional.of(URI.create("https://new.example")));
        String directive = "{\"version\":1,\"generation\":99,\"order\":\"none\"}";
        try (var server = HostileServer.start((head, out) -> {
            // `enroll --force` comes to its end while the former server still holds its answer back.
            try (var session = host.state().open()) {
                host.state().join(fresh);
                session.save(session.memory().enrolledAnew());
            }
            out.write(answer(200, "Rebootless-Token-Wanted: true", directive).getBytes(StandardCharsets.US_ASCII));
        })) {
            var patrol = host.patrolAt(server.uri(), HostileContract.SHORT);
            assertThatThrownBy(patrol::run).isInstanceOf(Patrol.ElsewhereException.class);
            assertThat(server.requests()).hasSize(1).allMatch(head -> head.contains(LoopbackServer.TOKEN));
        }
        assertThat(host.state().look().orders()).isEqualTo(Orders.NONE);
        assertThat(host.state().membership()).contains(fresh);
        assertThat(host.kernel().state().level()).isEqualTo(1);
    }
}
