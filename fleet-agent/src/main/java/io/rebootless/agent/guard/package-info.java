/** Whether a boot ended in order, and which bundle is suspected when it did not. */
@NullMarked
package io.rebootless.agent.guard;

import org.jspecify.annotations.NullMarked;
