/** Files that are whole or absent after a crash, and the lock that keeps two processes from acting at once. */
@NullMarked
package io.rebootless.agent.durable;

import org.jspecify.annotations.NullMarked;
