package io.rebootless.server.settings;

import java.sql.SQLException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Has an unreachable or refusing PostgreSQL end the start with two sentences instead of a stack trace. */
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
final class DatabaseFailureAnalyzer extends AbstractFailureAnalyzer<SQLException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, SQLException cause) {
        return new FailureAnalysis(
                "PostgreSQL refused or could not be reached: " + cause.getMessage(),
                "Check spring.datasource.url, spring.datasource.username and spring.datasource.password, or leave the"
                        + " URL out to use the embedded PostgreSQL.",
                cause);
    }
}
