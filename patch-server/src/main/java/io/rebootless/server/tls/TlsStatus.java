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
            return "clients trust " + files.authorities().currentCertificate();
        }

        @Override
        public boolean https() {
            return true;
        }
    }

    /** By a certificate in files of the operator's. */
    record FromFiles(CertificateFiles files) implements TlsStatus {
        @Override
        public String describe() {
            return "certificate from " + files.certificate();
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

    /**
     * Plain HTTP was asked for.
     *
     * @param loopback whether this machine alone can reach it
     */
    record Off(boolean loopback) implements TlsStatus {
        @Override
        public String describe() {
            return loopback
                    ? "PLAIN HTTP, as rebootless.tls.mode=off asks, on the loopback interface only"
                    : "PLAIN HTTP, as rebootless.tls.mode=off asks: keys and tokens travel in the clear";
        }

        @Override
        public boolean https() {
            return false;
        }
    }
}
