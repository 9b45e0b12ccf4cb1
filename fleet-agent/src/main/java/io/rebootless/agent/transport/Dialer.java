package io.rebootless.agent.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Makes connections: to the first address that takes one, through a proxy where the routes say so, with TLS. */
final class Dialer {
    private static final int MAX_INTERIM = 5;

    private final Routes routes;
    private final Names names;
    private final Duration limit;
    private final String userAgent;

    Dialer(Routes routes, Names names, Duration limit, String userAgent) {
        this.routes = routes;
        this.names = names;
        this.limit = limit;
        this.userAgent = userAgent;
    }

    Line dial(Origin origin, SSLSocketFactory tls, Alarm alarm) throws IOException {
        var proxy = routes.to(origin);
        var raw = proxy.isPresent() ? connectTo(proxy.get(), alarm) : connect(origin.host(), origin.port(), alarm);
        boolean up = false;
        try {
            raw.setSoTimeout((int) limit.toMillis());
            var line = origin.secure() ? secured(raw, proxy, origin, tls) : new Line(raw, raw, proxy);
            up = true;
            return line;
        } finally {
            if (!up) {
                raw.close();
            }
        }
    }

    private Socket connectTo(Proxy proxy, Alarm alarm) throws IOException {
        try {
            return connect(proxy.host(), proxy.port(), alarm);
        } catch (UnknownHostException e) {
            throw new IOException("the proxy %s has no known address".formatted(proxy), e);
        } catch (IOException e) {
            throw new IOException("the proxy %s cannot be reached: %s".formatted(proxy, e.getMessage()), e);
        }
    }

    /** Address by address; a dead one takes its share of the time, not all of it. */
    private Socket connect(String host, int port, Alarm alarm) throws IOException {
        var addresses = names.of(host, limit);
        int share = (int) (limit.toMillis() / Math.min(addresses.size(), 4));
        var failures = new ArrayList<IOException>();
        for (var address : addresses) {
            // Without NO_PROXY Java would ask its own system properties for a SOCKS proxy.
            var socket = new Socket(java.net.Proxy.NO_PROXY);
            try {
                alarm.guard(socket);
                socket.setTcpNoDelay(true);
                socket.setKeepAlive(true);
                socket.connect(new InetSocketAddress(address, port), share);
                names.worked(address);
                return socket;
            } catch (IOException e) {
                socket.close();
                failures.add(e);
            }
        }
        if (failures.size() == 1) {
            throw failures.get(0);
        }
        throw new IOException(words(addresses, failures), failures.get(0));
    }

    private static String words(List<InetAddress> addresses, List<IOException> failures) {
        var words = new ArrayList<String>();
        for (int i = 0; i < failures.size(); i++) {
            var failure = failures.get(i);
            String why = failure instanceof SocketTimeoutException ? "no answer in time" : failure.getMessage();
            words.add("%s: %s".formatted(addresses.get(i).getHostAddress(), why));
        }
        return "none of its addresses takes a connection (%s)".formatted(String.join("; ", words));
    }

    private Line secured(Socket raw, Optional<Proxy> proxy, Origin origin, SSLSocketFactory tls) throws IOException {
        if (proxy.isPresent()) {
            tunnel(raw, proxy.get(), origin);
        }
        var socket = (SSLSocket) tls.createSocket(raw, origin.host(), origin.port(), true);
        var parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return new Line(raw, socket, Optional.empty());
    }

    /** Has the proxy connect us through; its credentials are for it alone and never reach the server. */
    private void tunnel(Socket raw, Proxy proxy, Origin origin) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Host", origin.authority());
        headers.put("User-Agent", userAgent);
        proxy.authorization().ifPresent(value -> headers.put("Proxy-Authorization", value));
        raw.getOutputStream().write(Request.head("CONNECT " + origin.authority(), headers));
        Head head;
        int interim = 0;
        do {
            try {
                head = Head.read(raw.getInputStream());
            } catch (IOException e) {
                throw new IOException("the proxy %s: %s".formatted(proxy, words(e)), e);
            }
        } while (head.status() < 200 && ++interim <= MAX_INTERIM);
        if (head.status() < 200 || head.status() > 299) {
            throw proxy.refusal(head, origin.authority());
        }
    }

    private static String words(IOException e) {
        return e instanceof SocketTimeoutException ? "no answer in time" : String.valueOf(e.getMessage());
    }
}
