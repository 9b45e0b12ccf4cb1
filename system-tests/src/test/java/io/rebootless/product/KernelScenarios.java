package io.rebootless.product;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

/**
 * Runs a test class once for each kernel: those that the system property {@code rebootless.kernels} names (as {@code
 * scripts/debian-kernel} takes them, with commas between, or {@code all}), else a few, or all with {@code -Drebootless.long=true}.
 *
 * <p>The class takes a {@link io.rebootless.guest.DebianKernel} in its constructor or in a field annotated with {@link
 * org.junit.jupiter.params.Parameter} (one of them even where only the static methods below want it), for which {@link ModuleBuild#of} is
 * ready. What its tests share on one kernel, a guest above all, it makes in a static method annotated with {@link
 * org.junit.jupiter.params.BeforeParameterizedClassInvocation}, which takes the kernel likewise, and ends in one
 * annotated with {@link org.junit.jupiter.params.AfterParameterizedClassInvocation}. ({@code BeforeAll} would run once
 * for all kernels together.)
 *
 * <p>Its tests are the rows of the table that {@link KernelTable} prints; {@code make kernels} runs nothing else.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("kernels")
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@ExtendWith(ScenarioKernels.class)
@ParameterizedClass(name = "{argumentSetName}")
@ArgumentsSource(ScenarioKernels.class)
@interface KernelScenarios {}
