/** Making publishers' keys, and reading them back for signing. */
@NullMarked
package io.rebootless.cli.keys;

import org.jspecify.annotations.NullMarked;
