/** How values that several features store become columns and back. */
@NullMarked
package io.rebootless.server.sql;

import org.jspecify.annotations.NullMarked;
