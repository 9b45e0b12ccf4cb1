package io.rebootless.server.problem;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What an operation answers besides what follows from its signature and from {@code AccessRules}: for docs/openapi.json,
 * which a test holds against what the server really answers.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Answers {
    /** The statuses of success; empty for the one of {@code @ResponseStatus}, or 200. */
    int[] value() default {};

    /** Problems of its own. */
    ProblemType[] problems() default {};

    /** Whether it may refuse a bundle, with any of the bundle format's names. */
    boolean refusals() default false;

    /** The media type of its answer, where the mapping does not say. */
    String media() default "";

    /** Headers of the request that it heeds. */
    String[] takes() default {};

    /** Headers of its answer that clients go by. */
    String[] gives() default {};
}
