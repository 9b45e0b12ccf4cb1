/** Which kernel builds there are, whether something is published for each, and which CVEs do not concern it. */
@NullMarked
package io.rebootless.server.kernels;

import org.jspecify.annotations.NullMarked;
