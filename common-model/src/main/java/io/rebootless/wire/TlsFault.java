package io.rebootless.wire;

import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.regex.Pattern;

/** Why no TLS connection came about: what to do about it differs, and Java tells by its words alone. */
public sealed interface TlsFault {
    /** Of {@code No name matching NAME found} and {@code No subject alternative names matching IP address NAME found}. */
    Pattern OTHER_NAME = Pattern.compile("matching (?:IP address )?(\\S+) found");

    /**
     * The certificate is good, and for other names.
     *
     * @param wanted the name that was asked for
     */
    record OtherName(String wanted) implements TlsFault {
        @Override
        public String words() {
            return "its certificate is not for %1$s; use a name that it has, or add %1$s to rebootless.tls.names of the server"
                    .formatted(wanted);
        }
    }

    /** The certificate is by no authority that is trusted here. */
    record Untrusted() implements TlsFault {
        @Override
        public String words() {
            return "its certificate is by no authority known here";
        }
    }

    /** The certificate has expired, or its time has not come: either side's clock may be wrong. */
    record OutOfTime() implements TlsFault {
        @Override
        public String words() {
            return "its certificate has expired or is not valid yet, if the clock here is right";
        }
    }

    /** What answers speaks something else than TLS. */
    record NoTls() implements TlsFault {
        @Override
        public String words() {
            return "it does not speak HTTPS; is the port right?";
        }
    }

    /**
     * Anything else.
     *
     * @param words Java's
     */
    record Other(String words) implements TlsFault {}

    /** For people, of the server that was asked; whom to trust instead is said where that is set. */
    String words();

    static TlsFault of(IOException failure) {
        boolean untrusted = false;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String words = String.valueOf(cause.getMessage());
            var other = OTHER_NAME.matcher(words);
            if (cause instanceof CertificateExpiredException || cause instanceof CertificateNotYetValidException) {
                return new OutOfTime();
            }
            if (cause instanceof CertificateException && other.find()) {
                return new OtherName(other.group(1));
            }
            // Of a socket: Unsupported or unrecognized SSL message. Of an engine: Unrecognized SSL message, plaintext …
            if (words.contains("nrecognized SSL message")) {
                return new NoTls();
            }
            untrusted |= words.contains("PKIX path");
        }
        return untrusted ? new Untrusted() : new Other(String.valueOf(failure.getMessage()));
    }
}
