package io.rebootless.server.catalog;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** The number of the state that hosts are told of. */
@Component
public class CatalogGeneration {
    private final JdbcClient jdbc;

    CatalogGeneration(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Names a new state of what hosts are told; the database tells all servers of it. Comes last in the transaction that
     * changes something: its row lock is held to the commit, by one change at a time.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void advance() {
        jdbc.sql("UPDATE catalog_state SET generation = nextval('directive_generation')")
                .update();
    }
}
