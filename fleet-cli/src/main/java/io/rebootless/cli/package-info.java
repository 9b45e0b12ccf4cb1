/** The command {@code rebootless}: what its subcommands share, and how it ends. */
@NullMarked
package io.rebootless.cli;

import org.jspecify.annotations.NullMarked;
