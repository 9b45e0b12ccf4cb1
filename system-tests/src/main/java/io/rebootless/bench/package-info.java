/** {@code make bench}: what is measured against others, on real kernels, and recorded under {@code benchmarks/}. */
@NullMarked
package io.rebootless.bench;

import org.jspecify.annotations.NullMarked;
