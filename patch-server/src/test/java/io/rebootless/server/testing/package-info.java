/** A whole server on a random port with a real PostgreSQL, and a client that trusts only its authority. */
@NullMarked
package io.rebootless.server.testing;

import org.jspecify.annotations.NullMarked;
