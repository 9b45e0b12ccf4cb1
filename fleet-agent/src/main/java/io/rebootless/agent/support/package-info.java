/** What support needs to see of a host, in one archive without its secrets. */
@NullMarked
package io.rebootless.agent.support;

import org.jspecify.annotations.NullMarked;
