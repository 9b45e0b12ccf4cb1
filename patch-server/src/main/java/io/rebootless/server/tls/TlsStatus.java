package io.rebootless.server.tls;

/** How the server shows who it is. */
public sealed interface TlsStatus {
    /** Words for the operator. */
    String describe();

    boolean https();

    /** By a certificate of its own authority. */
    record OwnAuthority(TlsFiles files) implements TlsStatus {
        @Override
        public String describe() {
            return "clients trust " + files.authorityCertificate();
        }

        @Override
        public boolean https() {
            return true;
        }
    }

    /** As {@code server.ssl.*} says. */
    record Configured() implements TlsStatus {
        @Override
        public String describe() {
            return "certificate as server.ssl.* says";
        }

        @Override
        public boolean https() {
            return true;
        }
    }

    /** Plain HTTP was asked for. */
    record Off() implements TlsStatus {
        @Override
        public String describe() {
            return "PLAIN HTTP, as rebootless.tls.mode=off asks: keys and tokens travel in the clear";
        }

        @Override
        public boolean https() {
            return false;
        }
    }
}
