/** Bundles on their way to this host: downloaded by digest, kept, and looked at before anyone believes them. */
@NullMarked
package io.rebootless.agent.fetch;

import org.jspecify.annotations.NullMarked;
