/** What the log says of requests: an id that ties a request's lines together, and a line for each change. */
@NullMarked
package io.rebootless.server.log;

import org.jspecify.annotations.NullMarked;
