package io.rebootless.agent.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.agent.memory.Membership;
import io.rebootless.agent.testing.LoopbackServer;
import io.rebootless.agent.testing.TestHost;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.AgentState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A new token, asked for by the server: on disk before it is shown, and no way to end up without one. */
class TokenReplacementTest {
    @TempDir
    private Path directory;

    private TestHost host;

    @BeforeEach
    void host() throws IOException {
        host = new TestHost(directory);
        host.server().orderRun(1, host.publish(1, 0));
    }

    @AfterEach
    void close() {
        host.close();
    }

    private String onDisk() throws IOException {
        return host.state().membership().map(Membership::token).orElseThrow();
    }

    @Test
    void aNewTokenIsStoredForRootAloneAndShownFromThenOn() throws Exception {
        host.server().wantNewToken();
        host.once();
        String fresh = onDisk();
        assertThat(fresh).isNotEqualTo(LoopbackServer.TOKEN);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("state/token.json"))))
                .isEqualTo("rw-------");
        assertThat(host.logged()).contains("a new token").doesNotContain(fresh, LoopbackServer.TOKEN);

        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
        assertThat(host.server().token()).isEqualTo(fresh);
        assertThat(onDisk()).as("it is not asked again").isEqualTo(fresh);
    }

    @Test
    void anAnswerThatIsLostLeavesTheOldTokenGoodAndIsAskedForAgain() throws Exception {
        host.server().wantNewToken();
        host.server().loseNewTokens(true);
        assertThat(host.once().state()).as("a round goes on without").isEqualTo(AgentState.SETTLED);
        assertThat(onDisk()).isEqualTo(LoopbackServer.TOKEN);

        host.server().loseNewTokens(false);
        host.once();
        host.once();
        assertThat(onDisk()).isEqualTo(host.server().token()).isNotEqualTo(LoopbackServer.TOKEN);
    }

    /** {@code once} beside the service: a second token would end the first, which may be the one on disk by then. */
    @Test
    void twoAgentsAtOnceEndUpWithATokenThatTheServerKnows() throws Exception {
        host.once();
        host.server().wantNewToken();
        var other = new AtomicReference<CompletableFuture<Void>>();
        host.server().meanwhile(() -> {
            // Let the second answer come when the first is on disk.
            host.server().meanwhile(() -> waitFor(() -> !LoopbackServer.TOKEN.equals(onDisk())));
            other.set(CompletableFuture.runAsync(this::once));
            waitFor(() -> tokensAskedFor() > 1);
        });
        host.once();
        other.get().get(1, TimeUnit.MINUTES);

        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
        assertThat(onDisk()).isEqualTo(host.server().token()).isNotEqualTo(LoopbackServer.TOKEN);
    }

    private void once() {
        try {
            host.once();
        } catch (Exception e) {
            throw new CompletionException(e);
        }
    }

    private long tokensAskedFor() {
        return host.server().requests().stream()
                .filter(request -> request.contains(AgentProtocol.TOKEN))
                .count();
    }

    /** For two seconds: where agents take turns it never comes to that. */
    private static void waitFor(Callable<Boolean> condition) {
        try {
            for (int i = 0; i < 100 && !condition.call(); i++) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anAgentKilledBeforeTheNewTokenWasOnDiskGoesOnWithTheOld() throws Exception {
        host.server().wantNewToken();
        host.client().replaceToken(LoopbackServer.TOKEN);

        host.once();
        host.once();
        assertThat(onDisk()).isEqualTo(host.server().token()).isNotEqualTo(LoopbackServer.TOKEN);
    }

    @Test
    void anAgentKilledAfterItWasOnDiskShowsTheNewOneFirst() throws Exception {
        host.server().wantNewToken();
        String fresh = host.client().replaceToken(LoopbackServer.TOKEN);
        var membership = host.state().membership().orElseThrow();
        host.state().join(membership.with(fresh));

        host.once();
        assertThat(host.server().token()).isEqualTo(fresh);
        assertThat(onDisk()).isEqualTo(fresh);
    }

    @Test
    void aCloneIsToldWhatItIsAndWhatToDo() {
        host.server().refuse(401, Map.of(), """
                {"type":"urn:rebootless:problem:host-cloned","title":"The host's token is on two machines",
                 "status":401,"detail":"Two machines show this host's token, one of them a copy of the other.",
                 "remedy":"Enrol both again: rebootless-agent enroll --force."}""");
        assertThatThrownBy(host::once)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("host-cloned")
                .hasMessageContaining("enroll --force")
                .hasMessageContaining("copied disk");
    }
}
