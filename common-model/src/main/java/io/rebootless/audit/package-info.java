/** The audit log's entries, the chain that holds them together, and what proves that nobody has tampered with it. */
@NullMarked
package io.rebootless.audit;

import org.jspecify.annotations.NullMarked;
