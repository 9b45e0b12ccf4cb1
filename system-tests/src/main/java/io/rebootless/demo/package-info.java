/** {@code make demo}: the product's whole story on a real kernel, told as it happens. */
@NullMarked
package io.rebootless.demo;

import org.jspecify.annotations.NullMarked;
