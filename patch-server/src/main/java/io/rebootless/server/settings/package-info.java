/** What an operator can set, checked when the server starts. */
@NullMarked
package io.rebootless.server.settings;

import org.jspecify.annotations.NullMarked;
