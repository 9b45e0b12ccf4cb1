package io.rebootless.agent.fetch;

import io.rebootless.agent.log.EventLog;
import io.rebootless.wire.Failure;
import java.io.IOException;

/** A bundle could not be had, or is not the one that was promised. */
public final class FetchException extends Exception {
    private static final long serialVersionUID = 1;

    private final String name;
    private final boolean refusal;

    private FetchException(String name, String message, boolean refusal) {
        super(message);
        this.name = name;
        this.refusal = refusal;
    }

    /** What was sent is not what was promised: no use trying again under this directive. */
    static FetchException refused(String name, String message) {
        return new FetchException(name, message, true);
    }

    static FetchException failed(String name, String message) {
        return new FetchException(name, message, false);
    }

    /** A fault of this host's disk, to be told from one of the server's. */
    public static FetchException unkept(IOException fault) {
        return failed(
                "cache-failed",
                "the bundle cannot be kept: %s; see to the disk of the state directory".formatted(fault.getMessage()));
    }

    public boolean refusal() {
        return refusal;
    }

    public Failure failure() {
        return EventLog.failure(name, getMessage());
    }
}
