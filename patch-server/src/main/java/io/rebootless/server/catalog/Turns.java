package io.rebootless.server.catalog;

import io.rebootless.bundle.Sha256;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Who changes the same thing takes turns, on whichever server, until the end of its transaction: each sees what the one
 * before has done. Always in this order: publication, kernel builds in theirs, blob.
 */
@Component
class Turns {
    private final JdbcClient jdbc;

    Turns(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Transactional(propagation = Propagation.MANDATORY)
    public void publication(String name) {
        take("publication " + name);
    }

    @Transactional(propagation = Propagation.MANDATORY)
    public void build(String buildId) {
        take("publish " + buildId);
    }

    @Transactional(propagation = Propagation.MANDATORY)
    public void blob(Sha256 digest) {
        take("blob " + digest);
    }

    private void take(String what) {
        jdbc.sql("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))")
                .param("what", what)
                .query((row, number) -> 0)
                .single();
    }
}
