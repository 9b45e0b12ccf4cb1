/** What the agent knows across restarts: orders, standing, what was handed over, floors and the local hold. */
@NullMarked
package io.rebootless.agent.memory;

import org.jspecify.annotations.NullMarked;
