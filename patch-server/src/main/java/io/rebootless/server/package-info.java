/** The patch server: where it starts, and what holds its features together. */
@NullMarked
package io.rebootless.server;

import org.jspecify.annotations.NullMarked;
