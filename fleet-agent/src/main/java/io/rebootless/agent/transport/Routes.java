package io.rebootless.agent.transport;

import java.util.Optional;

/** Which way to whom: directly, or through a proxy. */
public final class Routes {
    private final Optional<Proxy> secure;
    private final Optional<Proxy> plain;
    private final NoProxy except;

    private Routes(Optional<Proxy> secure, Optional<Proxy> plain, NoProxy except) {
        this.secure = secure;
        this.plain = plain;
        this.except = except;
    }

    public static Routes direct() {
        return new Routes(Optional.empty(), Optional.empty(), NoProxy.NOBODY);
    }

    /** Through a proxy for everybody but those. */
    public static Routes through(Proxy proxy, NoProxy except) {
        return new Routes(Optional.of(proxy), Optional.of(proxy), except);
    }

    /** Through one for https and another for http. */
    static Routes through(Optional<Proxy> secure, Optional<Proxy> plain, NoProxy except) {
        return new Routes(secure, plain, except);
    }

    /** The proxy on the way there, if there is one. */
    public Optional<Proxy> to(Origin origin) {
        return except.covers(origin) ? Optional.empty() : origin.secure() ? secure : plain;
    }
}
