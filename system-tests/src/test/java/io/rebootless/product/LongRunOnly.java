package io.rebootless.product;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Keeps a guest busy for so long that only a run with {@code -Drebootless.long=true} takes it. */
@EnabledIfSystemProperty(
        named = "rebootless.long",
        matches = "true",
        disabledReason = "it keeps a guest busy for a minute or more")
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface LongRunOnly {}
