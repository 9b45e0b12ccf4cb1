/** Commands about how publications reach hosts, and what holds hosts back. */
@NullMarked
package io.rebootless.cli.rollout;

import org.jspecify.annotations.NullMarked;
