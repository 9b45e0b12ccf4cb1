/** {@code Idempotency-Key}: a request that is repeated because its answer was lost has its effect once. */
@NullMarked
package io.rebootless.server.idempotency;

import org.jspecify.annotations.NullMarked;
