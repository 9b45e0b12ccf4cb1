/** The data directory and the PostgreSQL that runs in it unless another one is configured. */
@NullMarked
package io.rebootless.server.storage;

import org.jspecify.annotations.NullMarked;
