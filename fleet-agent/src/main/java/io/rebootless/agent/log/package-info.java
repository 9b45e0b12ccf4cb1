/** One line an event, for the journal of the system and for a terminal. */
@NullMarked
package io.rebootless.agent.log;

import org.jspecify.annotations.NullMarked;
