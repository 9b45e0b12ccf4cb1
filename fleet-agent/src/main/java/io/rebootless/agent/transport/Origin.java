package io.rebootless.agent.transport;

import java.io.IOException;
import java.net.URI;
import java.util.Locale;

/**
 * Whom a connection is for.
 *
 * @param secure with TLS
 * @param host a name in lower case or an address, IPv6 without its brackets
 * @param port never left out
 */
public record Origin(boolean secure, String host, int port) {

    /**
     * Reads scheme, host and port.
     *
     * @throws IOException if that is no http or https address
     */
    public static Origin of(URI uri) throws IOException {
        boolean secure = "https".equalsIgnoreCase(uri.getScheme());
        if (uri.getHost() == null || !(secure || "http".equalsIgnoreCase(uri.getScheme()))) {
            throw new IOException("that is no http or https address");
        }
        int port = uri.getPort() >= 0 ? uri.getPort() : standardPort(secure);
        if (port < 1 || port > 65535) {
            throw new IOException("%d is no port".formatted(port));
        }
        return new Origin(secure, unbracketed(uri.getHost()).toLowerCase(Locale.ROOT), port);
    }

    static String unbracketed(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    /** Host and port, as CONNECT wants them. */
    String authority() {
        return bracketed() + ":" + port;
    }

    /** The Host header: the standard port is left out. */
    String hostHeader() {
        return port == standardPort(secure) ? bracketed() : authority();
    }

    private String bracketed() {
        return host.indexOf(':') < 0 ? host : "[" + host + "]";
    }

    private static int standardPort(boolean secure) {
        return secure ? 443 : 80;
    }

    @Override
    public String toString() {
        return (secure ? "https://" : "http://") + hostHeader();
    }
}
