package io.rebootless.agent.server;

import java.io.IOException;

/** Nothing that could be used has come from the server; the message names it and says why. */
public final class UnreachableException extends IOException {
    private static final long serialVersionUID = 1;

    private final Reached reached;

    /** How far a request had come. */
    public enum Reached {
        /** No connection: nothing was sent. */
        NOBODY,
        /** A connection to somebody who could not show that he is the server: nothing was sent. */
        STRANGER,
        /** Perhaps the server, which may have taken it. */
        PERHAPS
    }

    UnreachableException(String message, Reached reached, Throwable cause) {
        super(message, cause);
        this.reached = reached;
    }

    public Reached reached() {
        return reached;
    }
}
