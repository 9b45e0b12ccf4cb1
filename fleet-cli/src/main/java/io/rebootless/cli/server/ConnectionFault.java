package io.rebootless.cli.server;

import io.rebootless.wire.TlsFault;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLException;

/** Says why client and server do not come to speak with each other, and what would help. */
final class ConnectionFault {
    private ConnectionFault() {}

    static String words(SSLException failure) {
        return words(TlsFault.of(failure));
    }

    private static String words(TlsFault fault) {
        if (fault instanceof TlsFault.OtherName other) {
            return "its certificate is not for %1$s: use a name that it has, or add %1$s to rebootless.tls.names there"
                    .formatted(other.wanted());
        }
        if (fault instanceof TlsFault.Untrusted) {
            return "its certificate is by no authority that is trusted here; name its CA with --ca";
        }
        if (fault instanceof TlsFault.OutOfTime) {
            return "its certificate has expired or is not valid yet, if the clock here is right";
        }
        if (fault instanceof TlsFault.NoTls) {
            return "it does not speak HTTPS; is the port right?";
        }
        return "no TLS connection comes about (%s); is the URL right?".formatted(((TlsFault.Other) fault).words());
    }

    /** The words by which our server, and the proxies that are found before it, refuse what is not encrypted. */
    static boolean wantsTls(byte[] answer) {
        String words = new String(answer, StandardCharsets.ISO_8859_1);
        return words.contains("requires TLS") || words.contains("to HTTPS port") || words.contains("an HTTPS server");
    }
}
