/** The API's description, to read in a browser: {@code /docs}. */
@NullMarked
package io.rebootless.server.docs;

import org.jspecify.annotations.NullMarked;
