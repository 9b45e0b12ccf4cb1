/** Who changed what and when: an append-only log, chained by hash. */
@NullMarked
package io.rebootless.server.audit;

import org.jspecify.annotations.NullMarked;
