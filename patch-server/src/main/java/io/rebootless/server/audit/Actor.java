package io.rebootless.server.audit;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Somebody whose changes are recorded. What authenticates a request puts one into its security context. */
public interface Actor {
    Kind kind();

    /** Stable and unique within its kind. */
    String id();

    /** For people. */
    String name();

    /** What an actor is. */
    enum Kind {
        API_KEY,
        HOST,
        ENROLLMENT_KEY,
        /** The server itself: its start, its timers. */
        SERVER
    }

    /** The server itself. */
    static Actor server() {
        return of(Kind.SERVER, "server", "server");
    }

    /** What the machine that the server runs on calls itself. */
    static String machine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    static Actor of(Kind kind, String id, String name) {
        record Known(Kind kind, String id, String name) implements Actor {}
        return new Known(kind, id, name);
    }
}
