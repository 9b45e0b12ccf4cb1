package io.rebootless.server.settings;

import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.convert.ConversionException;

/**
 * Names a setting under {@code rebootless.} that there is none of, or whose value is of another kind. What {@link
 * Settings} itself refuses has its own words, and what is not ours is left to Spring.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
final class UnknownSettingAnalyzer extends AbstractFailureAnalyzer<BindException> {
    private static final String TABLE = "docs/server.md lists the settings and what each may be.";

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
        var unbound = findCause(rootFailure, UnboundConfigurationPropertiesException.class);
        if (unbound != null) {
            String names = unbound.getUnboundProperties().stream()
                    .map(property -> property.getName().toString())
                    .sorted()
                    .collect(Collectors.joining(", "));
            return new FailureAnalysis(names + ": there is no such setting", "Correct the name: " + TABLE, cause);
        }
        ConfigurationProperty property = cause.getProperty();
        if (property == null
                || !property.getName().toString().startsWith("rebootless.")
                || findCause(rootFailure, ConversionException.class) == null) {
            return null;
        }
        return new FailureAnalysis(
                "%s cannot be \"%s\"".formatted(property.getName(), property.getValue()),
                "Correct the value: " + TABLE,
                cause);
    }
}
