/** Whether this server should be sent requests: what it needs, looked at all the time, never by a request. */
@NullMarked
package io.rebootless.server.readiness;

import org.jspecify.annotations.NullMarked;
