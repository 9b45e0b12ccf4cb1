/** Boots real Debian kernels in QEMU, with a user space made to order, and runs commands in them. */
@NullMarked
package io.rebootless.guest;

import org.jspecify.annotations.NullMarked;
