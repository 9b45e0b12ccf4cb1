package io.rebootless.server.problem;

import jakarta.servlet.http.HttpServletRequest;

/** Ends a connection in the middle of an answer: whoever waits for the rest is not to take another answer for it. */
public final class HangUp {
    private static final String WANTED = HangUp.class.getName();

    private HangUp() {}

    public static void on(HttpServletRequest request) {
        request.setAttribute(WANTED, true);
    }

    static boolean wanted(HttpServletRequest request) {
        return request.getAttribute(WANTED) != null;
    }
}
