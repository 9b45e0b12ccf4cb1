package io.rebootless.cli.server;

import io.rebootless.wire.TlsFault;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/** Says why client and server do not come to speak with each other, and what would help. */
final class ConnectionFault {
    private static final int HTTPS_PORT = 443;
    private static final int HTTP_PORT = 80;

    private ConnectionFault() {}

    static String words(SSLException failure) {
        var fault = TlsFault.of(failure);
        if (fault instanceof TlsFault.Untrusted) {
            return fault.words() + "; name its CA with --ca";
        }
        return fault instanceof TlsFault.Other
                ? "no TLS connection comes about (%s); is the URL right?".formatted(fault.words())
                : fault.words();
    }

    /**
     * Why no connection came about in time. Of some hundred handshakes that fail, Java's client (17 to 25) forgets one and
     * waits: so a plain socket, which cannot, tries it again. It sends no request.
     */
    static String ofNoConnection(SSLContext tls, URI server, Duration limit) {
        int millis = (int) limit.toMillis();
        boolean secure = "https".equals(server.getScheme());
        int port = server.getPort() >= 0 ? server.getPort() : secure ? HTTPS_PORT : HTTP_PORT;
        var place = new InetSocketAddress(server.getHost(), port);
        try (Socket line = secure ? tls.getSocketFactory().createSocket() : new Socket()) {
            line.connect(place, millis);
            line.setSoTimeout(millis);
            if (line instanceof SSLSocket handshaking) {
                var parameters = handshaking.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                handshaking.setSSLParameters(parameters);
                handshaking.startHandshake();
            }
            return "no connection within %d s at first, then one: try again".formatted(limit.toSeconds());
        } catch (SSLException e) {
            return words(e);
        } catch (IOException e) {
            return "no connection within %d s; is the URL right, and nothing in between that drops it?"
                    .formatted(limit.toSeconds());
        }
    }

    /** The words by which our server, and the proxies that are found before it, refuse what is not encrypted. */
    static boolean wantsTls(byte[] answer) {
        String words = new String(answer, StandardCharsets.ISO_8859_1);
        return words.contains("requires TLS") || words.contains("to HTTPS port") || words.contains("an HTTPS server");
    }
}
