/** The truth about this host in one screen, in words and in JSON. */
@NullMarked
package io.rebootless.agent.status;

import org.jspecify.annotations.NullMarked;
