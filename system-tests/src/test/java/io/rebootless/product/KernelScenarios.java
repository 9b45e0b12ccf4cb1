package io.rebootless.product;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

/**
 * Runs a test class once for each kernel: those that the system property {@code rebootless.kernels} names (as {@code
 * scripts/debian-kernel} takes them, with commas between, or {@code all}), else a few, or all with {@code -Drebootless.long=true}.
 *
 * <p>The class has a field for the kernel, annotated with {@link org.junit.jupiter.params.Parameter}; {@link
 * ModuleBuild#of} is ready for it. One instance serves all tests on one kernel. What they share, a guest above all, it makes
 * in a method annotated with {@link org.junit.jupiter.params.BeforeParameterizedClassInvocation}, and ends in one annotated
 * with {@link org.junit.jupiter.params.AfterParameterizedClassInvocation}. ({@code BeforeAll} would run once for all
 * kernels together.)
 *
 * <p>Its tests are the rows of the table that {@link KernelTable} prints; {@code make kernels} runs nothing else.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("kernels")
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@ExtendWith(ScenarioKernels.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ParameterizedClass(name = "{argumentSetName}", allowZeroInvocations = true)
@ArgumentsSource(ScenarioKernels.class)
@interface KernelScenarios {}
