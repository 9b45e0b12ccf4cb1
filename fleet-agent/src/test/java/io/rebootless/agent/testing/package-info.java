/** A host in memory: a kernel that keeps the module's documented rules, a server on loopback, a clock to turn. */
@NullMarked
package io.rebootless.agent.testing;

import org.jspecify.annotations.NullMarked;
