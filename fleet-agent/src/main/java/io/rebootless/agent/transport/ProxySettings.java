package io.rebootless.agent.transport;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the settings say about proxies; what they leave open the environment may say.
 *
 * @param proxy {@code http://HOST:PORT}, or {@link #NONE}; absent: as the environment says
 * @param credentials a file with {@code USER:PASSWORD} for whichever proxy it is
 * @param except whom to reach directly; absent: as the environment says, if the proxy comes from there too
 */
public record ProxySettings(Optional<String> proxy, Optional<Path> credentials, Optional<String> except) {
    /** Directly, whatever the environment says. */
    public static final String NONE = "none";

    public static final ProxySettings UNSET = new ProxySettings(Optional.empty(), Optional.empty(), Optional.empty());

    /**
     * The ways that follow.
     *
     * @throws IllegalArgumentException if something is not what it should be; the message says what, and quotes no secret
     */
    public Routes routes(Map<String, String> environment) {
        if (proxy.isPresent()) {
            var exceptions = exceptions().orElse(NoProxy.NOBODY);
            return proxy.get().equals(NONE) ? Routes.direct() : Routes.through(proxy("proxy", proxy.get()), exceptions);
        }
        var exceptions =
                exceptions().or(() -> exempt(environment).map(NoProxy::lenient)).orElse(NoProxy.NOBODY);
        return Routes.through(proxy(true, environment), proxy(false, environment), exceptions);
    }

    /** What the environment says for the proxy of a server, written as settings; nothing if the settings say it. */
    public ProxySettings spelledOut(Origin server, Map<String, String> environment) {
        if (proxy.isPresent()) {
            return this;
        }
        var found = proxy(server.secure(), environment);
        if (found.isEmpty()) {
            return this;
        }
        var exceptions = except.or(() -> exempt(environment));
        return new ProxySettings(found.map(Proxy::toString), credentials, exceptions);
    }

    private Optional<NoProxy> exceptions() {
        try {
            return except.map(NoProxy::of);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("no.proxy: " + e.getMessage(), e);
        }
    }

    /** What the environment says for servers with TLS, or without. */
    private Optional<Proxy> proxy(boolean secure, Map<String, String> environment) {
        // HTTP_PROXY in capitals is what a web server may set from a request's header.
        return Stream.of(secure ? new String[] {"https_proxy", "HTTPS_PROXY"} : new String[] {"http_proxy"})
                .filter(environment::containsKey)
                .findFirst()
                .flatMap(name -> value(environment, name).map(text -> proxy(name, text)));
    }

    private static Optional<String> exempt(Map<String, String> environment) {
        return value(environment, environment.containsKey("no_proxy") ? "no_proxy" : "NO_PROXY");
    }

    private static Optional<String> value(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).map(String::strip).filter(text -> !text.isEmpty());
    }

    private Proxy proxy(String name, String text) {
        URI uri;
        try {
            uri = URI.create(text.contains("://") ? text : "http://" + text);
        } catch (IllegalArgumentException e) {
            // Without its cause: that would quote what may hold a password.
            throw new IllegalArgumentException(name + " is no proxy's address; write http://HOST:PORT");
        }
        if (text.indexOf('@') >= 0 || uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException(name
                    + " has a user or a password in it, where others can read them. Write http://HOST:PORT, and put"
                    + " USER:PASSWORD into a file of mode 0600 that proxy.credentials.file names");
        }
        boolean bare = (uri.getRawPath() == null
                        || uri.getRawPath().isEmpty()
                        || uri.getRawPath().equals("/"))
                && uri.getRawQuery() == null
                && uri.getRawFragment() == null;
        if (!"http".equalsIgnoreCase(uri.getScheme())
                || uri.getHost() == null
                || uri.getPort() < 1
                || uri.getPort() > 65535
                || !bare) {
            throw new IllegalArgumentException(
                    "%s is \"%s\", which is no proxy's address; write http://HOST:PORT".formatted(name, text));
        }
        return new Proxy(Origin.unbracketed(uri.getHost()), uri.getPort(), credentials);
    }
}
