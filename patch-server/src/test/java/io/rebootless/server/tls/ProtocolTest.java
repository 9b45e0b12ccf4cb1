package io.rebootless.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.server.testing.SharedServer;
import io.rebootless.server.testing.TestServer;
import io.rebootless.wire.AgentProtocol;
import java.io.DataInputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.HexFormat;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Which TLS the server speaks. */
@ExtendWith(SharedServer.class)
class ProtocolTest {
    private static final int ALERT = 21;
    private static final int PROTOCOL_VERSION = 70;

    private final TestServer server;

    ProtocolTest(TestServer server) {
        this.server = server;
    }

    private byte[] authorities() {
        return server.admin().get(AgentProtocol.AUTHORITIES).body();
    }

    /** What a client of TLS 1.1 begins with; Java's own refuses to. */
    @Test
    void tls_1_1_is_refused() throws Exception {
        String hello = "0302" + "00".repeat(32) + "00" + "0004" + "c00a" + "c014" + "0100";
        byte[] record = HexFormat.of()
                .parseHex("160301%04x01%06x%s".formatted(hello.length() / 2 + 4, hello.length() / 2, hello));
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(record);
            var answer = new DataInputStream(socket.getInputStream());
            assertThat(answer.readUnsignedByte()).isEqualTo(ALERT);
            answer.skipNBytes(5);
            assertThat(answer.readUnsignedByte()).isEqualTo(PROTOCOL_VERSION);
        }
    }

    @Test
    void without_authenticated_encryption_there_is_no_connection() throws Exception {
        byte[] authorities = authorities();
        assertThatThrownBy(
                        () -> TlsClient.connect(server.port(), authorities, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"))
                .isInstanceOf(SSLException.class);
        try (var client = TlsClient.connect(server.port(), authorities, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")) {
            assertThat(client.socket().getSession().getProtocol()).isEqualTo("TLSv1.2");
        }
        try (var client = TlsClient.connect(server.port(), authorities)) {
            assertThat(client.socket().getSession().getProtocol()).isEqualTo("TLSv1.3");
        }
    }
}
