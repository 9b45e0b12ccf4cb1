/** What the host says of itself, and the clock that no administrator sets. */
@NullMarked
package io.rebootless.agent.host;

import org.jspecify.annotations.NullMarked;
