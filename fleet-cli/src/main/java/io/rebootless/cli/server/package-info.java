/** Talking to the patch server. */
@NullMarked
package io.rebootless.cli.server;

import org.jspecify.annotations.NullMarked;
