package io.rebootless.agent.server;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLException;

/** Opens connections with every time-out set, and reads from them no more than was bargained for. */
final class Connections {
    /** No JSON on this wire is larger. */
    private static final int MAX_JSON_BYTES = 1024 * 1024;

    private final URI base;
    private volatile Tls tls;
    private final Timeouts timeouts;
    private final String userAgent;

    Connections(URI base, Tls tls, Timeouts timeouts, String userAgent) {
        this.base = base;
        this.tls = tls;
        this.timeouts = timeouts;
        this.userAgent = userAgent;
    }

    /** From the next connection on, others vouch for the server. */
    void trust(Tls changed) {
        tls = changed;
    }

    /** To a path of the patch server's. */
    HttpURLConnection toServer(String path, Duration hang) throws IOException {
        String root = base.toString();
        return open(URI.create((root.endsWith("/") ? root.substring(0, root.length() - 1) : root) + path), hang);
    }

    HttpURLConnection open(URI uri, Duration hang) throws IOException {
        var connection = (HttpURLConnection) uri.toURL().openConnection();
        if (connection instanceof HttpsURLConnection https) {
            https.setSSLSocketFactory(isServer(uri) ? tls.server() : tls.elsewhere());
        }
        connection.setConnectTimeout((int) timeouts.connect().toMillis());
        connection.setReadTimeout((int) timeouts.read().plus(hang).toMillis());
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setRequestProperty("User-Agent", userAgent);
        return connection;
    }

    /** Whether this is the patch server itself: scheme, host and port are its own. */
    boolean isServer(URI uri) {
        return base.getScheme().equalsIgnoreCase(uri.getScheme())
                && base.getHost().equalsIgnoreCase(uri.getHost())
                && port(base) == port(uri);
    }

    private static int port(URI uri) {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }

    /** Reads a body that must be small, and must come in time even if it comes byte by byte. */
    byte[] small(InputStream body) throws IOException {
        long deadline = System.nanoTime() + timeouts.read().toNanos();
        byte[] bytes = new byte[8 * 1024];
        int size = 0;
        for (int read; (read = body.read(bytes, size, bytes.length - size)) >= 0; ) {
            size += read;
            if (size > MAX_JSON_BYTES) {
                throw new IOException("%s answers with more than %d bytes".formatted(base, MAX_JSON_BYTES));
            }
            if (System.nanoTime() - deadline > 0) {
                throw new SocketTimeoutException("Read timed out");
            }
            if (size == bytes.length) {
                bytes = Arrays.copyOf(bytes, 2 * size);
            }
        }
        return Arrays.copyOf(bytes, size);
    }

    /** Java's own words for the commonest mistake say it in the names of classes. */
    private static String words(IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.startsWith("PKIX path") ? "its certificate is by no authority known here" : message;
    }

    /** Says for people why nothing came of it. */
    IOException explained(IOException e) {
        if (e instanceof ServerException) {
            return e;
        }
        String what;
        if (e instanceof UnknownHostException) {
            what = "no address is known for this host name";
        } else if (e instanceof SSLException) {
            what = "TLS failed (%s); is this the server, and `ca` the CA of its certificate?".formatted(words(e));
        } else if (e instanceof SocketTimeoutException) {
            what = "no answer in time";
        } else if (e instanceof ConnectException || e instanceof NoRouteToHostException) {
            what = String.valueOf(e.getMessage());
        } else {
            what = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        }
        return new IOException("%s cannot be reached: %s".formatted(base, what), e);
    }
}
