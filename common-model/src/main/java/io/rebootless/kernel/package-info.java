/** Which kernel build a host runs, told apart by GNU build-id, and what a livepatch module says it was built for. */
@NullMarked
package io.rebootless.kernel;

import org.jspecify.annotations.NullMarked;
