/** One HTTP request at a time over sockets of our own, through a proxy if need be: every byte and every second bounded. */
@NullMarked
package io.rebootless.agent.transport;

import org.jspecify.annotations.NullMarked;
