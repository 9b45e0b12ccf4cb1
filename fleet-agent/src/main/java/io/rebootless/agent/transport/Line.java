package io.rebootless.agent.transport;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSocket;

/** A connection that is up. Closing it never waits for the other side: no farewell is said. */
final class Line implements Closeable {
    private final Socket raw;
    private final Socket socket;
    private final Optional<Proxy> forwarder;
    private final InputStream in;

    /**
     * Takes a socket over.
     *
     * @param raw the TCP connection
     * @param socket what to speak on: {@code raw}, or TLS on it
     * @param forwarder the proxy that forwards requests, which want its form then; absent for a tunnel
     */
    Line(Socket raw, Socket socket, Optional<Proxy> forwarder) throws IOException {
        this.raw = raw;
        this.socket = socket;
        this.forwarder = forwarder;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    Optional<Proxy> forwarder() {
        return forwarder;
    }

    InputStream in() {
        return in;
    }

    OutputStream out() throws IOException {
        return socket.getOutputStream();
    }

    /** How long to wait for the next byte. */
    void patience(Duration silence) throws IOException {
        raw.setSoTimeout((int) Math.max(1, silence.toMillis()));
    }

    /** Whether something has come that nobody has asked for. */
    boolean unasked() throws IOException {
        return in.available() > 0;
    }

    /** Waits for the first byte of an answer. False: the other side has closed instead. */
    boolean answered() throws IOException {
        in.mark(1);
        boolean came = in.read() >= 0;
        if (came) {
            in.reset();
        }
        return came;
    }

    /** What the other side has shown of itself; nothing without TLS. */
    List<X509Certificate> certificates() throws IOException {
        var chain = new ArrayList<X509Certificate>();
        if (socket instanceof SSLSocket tls) {
            for (var certificate : tls.getSession().getPeerCertificates()) {
                if (certificate instanceof X509Certificate x509) {
                    chain.add(x509);
                }
            }
        }
        return List.copyOf(chain);
    }

    @Override
    public void close() throws IOException {
        raw.close();
    }
}
