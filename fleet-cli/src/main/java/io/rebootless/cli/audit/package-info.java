/** The audit log: read, kept, and proven. */
@NullMarked
package io.rebootless.cli.audit;

import org.jspecify.annotations.NullMarked;
