/** Whether this host can be patched, said before it is enrolled: facts gathered at the edge, judged one by one. */
@NullMarked
package io.rebootless.agent.preflight;

import org.jspecify.annotations.NullMarked;
