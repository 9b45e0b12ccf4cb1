/** What the harness promises to the tests built on it. */
@NullMarked
package io.rebootless.guest;

import org.jspecify.annotations.NullMarked;
