/** How a request is refused: RFC 9457 problem details with a stable type, whatever went wrong. */
@NullMarked
package io.rebootless.server.problem;

import org.jspecify.annotations.NullMarked;
