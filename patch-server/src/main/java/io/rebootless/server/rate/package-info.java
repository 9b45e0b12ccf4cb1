/** How often something may happen: token buckets, and as many of them as there are callers to tell apart. */
@NullMarked
package io.rebootless.server.rate;

import org.jspecify.annotations.NullMarked;
