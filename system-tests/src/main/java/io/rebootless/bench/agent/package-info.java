/** {@code make bench-agent}: what the agent costs a host that waits, and what each part of that buys. */
@NullMarked
package io.rebootless.bench.agent;

import org.jspecify.annotations.NullMarked;
