package io.rebootless.agent.server;

import io.rebootless.agent.server.UnreachableException.Reached;
import io.rebootless.agent.transport.Origin;
import io.rebootless.agent.transport.Reply;
import io.rebootless.agent.transport.Request;
import io.rebootless.agent.transport.Routes;
import io.rebootless.agent.transport.Transport;
import io.rebootless.wire.TlsFault;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/** Asks with every time-out set, takes from an answer no more than was bargained for, and says why nothing came of it. */
final class Connections {
    /** No JSON on this wire is larger. */
    private static final int MAX_JSON_BYTES = 1024 * 1024;

    private final URI base;
    private final Origin server;
    private final Timeouts timeouts;
    private final String userAgent;
    private final Transport transport;
    private Tls tls;

    Connections(URI base, Tls tls, Routes routes, Timeouts timeouts, String userAgent) throws IOException {
        this.base = base;
        this.server = Origin.of(base);
        this.tls = tls;
        this.timeouts = timeouts;
        this.userAgent = userAgent;
        this.transport = new Transport(server, routes, timeouts.connect(), userAgent);
    }

    /** From the next connection on, others vouch for the server. */
    void trust(Tls changed) {
        tls = changed;
    }

    /** A path of the patch server's. */
    URI at(String path) {
        String root = base.toString();
        return URI.create((root.endsWith("/") ? root.substring(0, root.length() - 1) : root) + path);
    }

    /**
     * Asks for something small.
     *
     * @param hang how long the server may hold the answer back
     */
    Reply ask(String method, URI target, Map<String, String> headers, Optional<byte[]> body, Duration hang)
            throws IOException {
        var request = new Request(method, target, complete(headers), body);
        return transport.exchange(request, tls.server(), timeouts.read().plus(hang), timeouts.read(), timeouts.read());
    }

    /** Asks for something large, of the server or of a store that it has pointed to. */
    Reply fetch(URI target, Map<String, String> headers) throws IOException {
        var request = Request.get(target, complete(headers));
        var trusted = isServer(target) ? tls.server() : tls.elsewhere();
        return transport.exchange(request, trusted, timeouts.read(), timeouts.read(), timeouts.download());
    }

    private Map<String, String> complete(Map<String, String> headers) {
        var all = new LinkedHashMap<>(headers);
        all.put("User-Agent", userAgent);
        return all;
    }

    /** Whether this is the patch server itself: scheme, host and port are its own. */
    boolean isServer(URI uri) throws IOException {
        return Origin.of(uri).equals(server);
    }

    /** Reads a body that must be small. */
    byte[] small(InputStream body) throws IOException {
        byte[] bytes = body.readNBytes(MAX_JSON_BYTES + 1);
        if (bytes.length > MAX_JSON_BYTES) {
            throw new SenselessException("answers with more than %d bytes".formatted(MAX_JSON_BYTES));
        }
        return bytes;
    }

    private static String words(TlsFault fault) {
        return fault instanceof TlsFault.Untrusted
                ? fault.words()
                        + "; either this is another server, or the CA that was given (`ca`) is not that of its certificate"
                : fault.words();
    }

    /** Says for people why nothing came of it. */
    IOException explained(IOException e) {
        if (e instanceof ServerException) {
            return e;
        }
        if (e instanceof SenselessException) {
            return new UnreachableException("%s %s".formatted(base, e.getMessage()), Reached.PERHAPS, e);
        }
        String what;
        if (e instanceof UnknownHostException) {
            what = "no address is known for this host name";
        } else if (e instanceof SSLException failed) {
            what = "TLS failed: " + words(TlsFault.of(failed));
        } else if (e instanceof SocketTimeoutException) {
            what = timedOut(e);
        } else if (e instanceof ConnectException || e instanceof NoRouteToHostException) {
            what = String.valueOf(e.getMessage());
        } else {
            what = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        }
        return new UnreachableException("%s cannot be reached: %s".formatted(base, what), reached(e), e);
    }

    private static Reached reached(IOException e) {
        if (e instanceof UnknownHostException || e instanceof ConnectException || e instanceof NoRouteToHostException) {
            return Reached.NOBODY;
        }
        return e instanceof SSLHandshakeException ? Reached.STRANGER : Reached.PERHAPS;
    }

    private static String timedOut(IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("name servers") ? message : "no answer in time";
    }
}
