package io.rebootless.server.cluster;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Tells every server of a change: PostgreSQL delivers when the change commits, and not at all when it does not. */
@Service
public class Signals {
    static final String CHANNEL = "rebootless";

    private final JdbcClient jdbc;

    Signals(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Transactional(propagation = Propagation.MANDATORY)
    public void send(Signal signal) {
        jdbc.sql("SELECT pg_notify(:channel, :payload)")
                .param("channel", CHANNEL)
                .param("payload", signal.payload())
                .query((row, number) -> 0)
                .single();
    }
}
