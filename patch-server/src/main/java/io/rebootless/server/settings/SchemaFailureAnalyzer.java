package io.rebootless.server.settings;

import org.flywaydb.core.api.exception.FlywayValidateException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Has a database of another server's schema end the start with two sentences instead of a stack trace. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class SchemaFailureAnalyzer extends AbstractFailureAnalyzer<FlywayValidateException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, FlywayValidateException cause) {
        return new FailureAnalysis(
                "The database's schema is a newer server's, or was changed by hand: " + cause.getMessage(),
                "Start the newest server that has used this database, or restore an export of this one's into an empty"
                        + " database.",
                cause);
    }
}
