/** The versioned records that cross the wire between agent, command line and server. */
@NullMarked
package io.rebootless.wire;

import org.jspecify.annotations.NullMarked;
