/** The hot path: what a host is told to run, answered from memory. */
@NullMarked
package io.rebootless.server.delivery;

import org.jspecify.annotations.NullMarked;
