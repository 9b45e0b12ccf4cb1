package io.rebootless.server.archive;

import java.sql.Connection;
import java.sql.SQLException;

/** Settings under which text says the same on every PostgreSQL, whatever that one's defaults are. */
final class Session {
    private Session() {}

    static void prepare(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("SET TIME ZONE 'UTC'");
            statement.execute("SET DateStyle = 'ISO, YMD'");
            statement.execute("SET IntervalStyle = 'postgres'");
            statement.execute("SET bytea_output = 'hex'");
            statement.execute("SET extra_float_digits = 3");
            // A role may have limits that are meant for requests.
            statement.execute("SET statement_timeout = 0");
            statement.execute("SET idle_in_transaction_session_timeout = 0");
        }
    }
}
