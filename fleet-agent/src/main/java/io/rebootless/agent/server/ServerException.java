package io.rebootless.agent.server;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** The server has answered, but not with what was asked for. */
public final class ServerException extends IOException {
    private static final long serialVersionUID = 1;

    /** What the agent can do about it. */
    public enum Kind {
        /** 401: the token, or the enrolment key, is not known there. */
        UNAUTHORIZED,
        /** 410: this host was retired. */
        RETIRED,
        /** 429, 503: later. */
        BUSY,
        /** 404: no such thing. */
        ABSENT,
        /** Anything else. */
        OTHER
    }

    private final Kind kind;
    private final boolean cloned;
    private final transient Optional<Duration> retryAfter;

    ServerException(Kind kind, boolean cloned, String message, Optional<Duration> retryAfter) {
        super(message);
        this.kind = kind;
        this.cloned = cloned;
        this.retryAfter = retryAfter;
    }

    public Kind kind() {
        return kind;
    }

    /** Whether the token is refused because another machine shows it too. */
    public boolean cloned() {
        return cloned;
    }

    /** Whether the server will do what it was asked for, only later, and says when. */
    public boolean namesATime() {
        return kind == Kind.BUSY && retryAfter.isPresent();
    }

    /** What the server's Retry-After says. */
    public Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
