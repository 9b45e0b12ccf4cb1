/** The state machine: a pure decision about the next step, and the effects that carry it out. */
@NullMarked
package io.rebootless.agent.cycle;

import org.jspecify.annotations.NullMarked;
