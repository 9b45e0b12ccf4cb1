/** All that the server must not lose, as one file: {@code export} writes it, {@code import} makes a server of it. */
@NullMarked
package io.rebootless.server.archive;

import org.jspecify.annotations.NullMarked;
