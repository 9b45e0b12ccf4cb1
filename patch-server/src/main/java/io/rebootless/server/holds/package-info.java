/** What holds hosts back: one, a group or the whole fleet, whatever is published. */
@NullMarked
package io.rebootless.server.holds;

import org.jspecify.annotations.NullMarked;
