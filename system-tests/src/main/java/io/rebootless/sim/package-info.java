/** A simulator of agents: a fleet that polls and reports as real ones do, and patches nothing. */
@NullMarked
package io.rebootless.sim;

import org.jspecify.annotations.NullMarked;
