package io.rebootless.agent.server;

import java.io.IOException;

/** Nothing that could be used has come from the server; the message names it and says why. */
public final class UnreachableException extends IOException {
    private static final long serialVersionUID = 1;

    UnreachableException(String message, Throwable cause) {
        super(message, cause);
    }
}
