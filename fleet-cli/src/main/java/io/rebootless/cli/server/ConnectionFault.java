package io.rebootless.cli.server;

import io.rebootless.wire.TlsFault;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLException;

/** Says why client and server do not come to speak with each other, and what would help. */
final class ConnectionFault {
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

    /** The words by which our server, and the proxies that are found before it, refuse what is not encrypted. */
    static boolean wantsTls(byte[] answer) {
        String words = new String(answer, StandardCharsets.ISO_8859_1);
        return words.contains("requires TLS") || words.contains("to HTTPS port") || words.contains("an HTTPS server");
    }
}
