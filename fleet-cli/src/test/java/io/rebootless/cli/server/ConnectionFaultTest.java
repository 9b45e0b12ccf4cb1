package io.rebootless.cli.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.testing.PlainServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

/** What is said when the client of Java's library has waited for a connection in vain. */
class ConnectionFaultTest {
    @Test
    void a_failed_handshake_that_the_client_forgot_is_named() throws Exception {
        try (var plain = PlainServer.start()) {
            assertThat(words("https", plain.port())).isEqualTo("it does not speak HTTPS; is the port right?");
        }
    }

    @Test
    void who_takes_connections_and_says_nothing_is_told_from_one_who_answers() throws Exception {
        try (var silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            assertThat(words("https", silent.getLocalPort())).startsWith("no connection within 1 s; is the URL right");
            assertThat(words("http", silent.getLocalPort())).contains("at first, then one: try again");
        }
    }

    private static String words(String scheme, int port) throws Exception {
        var server = URI.create(scheme + "://127.0.0.1:" + port);
        return ConnectionFault.ofNoConnection(SSLContext.getDefault(), server, Duration.ofSeconds(1));
    }
}
