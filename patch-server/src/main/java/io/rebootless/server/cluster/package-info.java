/** What the servers that share one database tell each other. */
@NullMarked
package io.rebootless.server.cluster;

import org.jspecify.annotations.NullMarked;
