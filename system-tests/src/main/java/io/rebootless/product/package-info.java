/** The product's parts as its users run them: the kernel module in a guest, server, agent and command line as processes. */
@NullMarked
package io.rebootless.product;

import org.jspecify.annotations.NullMarked;
