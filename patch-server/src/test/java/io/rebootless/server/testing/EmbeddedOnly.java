package io.rebootless.server.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** A test about the embedded PostgreSQL: skipped, by name, when the suite runs against another one. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@DisabledIfSystemProperty(
        named = TestDatabase.ELSEWHERE,
        matches = ".+",
        disabledReason = "about the embedded PostgreSQL, and this run is on another one")
public @interface EmbeddedOnly {}
