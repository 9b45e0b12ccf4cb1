package io.rebootless.product;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Of {@link KernelScenarios}: needs what only the debug kernel has, such as fault injection or a key of ours built in. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@interface DebugKernelOnly {}
