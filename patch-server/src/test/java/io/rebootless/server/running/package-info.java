/** What an operator sees of the server's process. */
@NullMarked
package io.rebootless.server.running;

import org.jspecify.annotations.NullMarked;
