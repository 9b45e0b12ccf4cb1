/** What the agent was about to do, on disk before it is done. */
@NullMarked
package io.rebootless.agent.journal;

import org.jspecify.annotations.NullMarked;
