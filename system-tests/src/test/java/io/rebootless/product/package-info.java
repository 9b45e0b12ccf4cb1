/** What the product promises, tried on real kernels. */
@NullMarked
package io.rebootless.product;

import org.jspecify.annotations.NullMarked;
