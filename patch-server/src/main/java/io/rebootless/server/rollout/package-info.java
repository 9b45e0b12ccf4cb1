/** How publications reach the hosts: ring by ring, each kernel build by itself, stopping by itself. */
@NullMarked
package io.rebootless.server.rollout;

import org.jspecify.annotations.NullMarked;
