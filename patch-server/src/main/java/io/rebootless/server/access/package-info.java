/** Who may do what: API keys with roles, host tokens, and the one table of rules. */
@NullMarked
package io.rebootless.server.access;

import org.jspecify.annotations.NullMarked;
