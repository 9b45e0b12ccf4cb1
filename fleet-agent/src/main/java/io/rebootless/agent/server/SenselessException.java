package io.rebootless.agent.server;

import java.io.IOException;

/** The server can be reached, but what it answers is nothing that this agent could follow; the message goes on after its name. */
final class SenselessException extends IOException {
    private static final long serialVersionUID = 1;

    SenselessException(String message) {
        super(message);
    }

    SenselessException(String message, Throwable cause) {
        super(message, cause);
    }
}
