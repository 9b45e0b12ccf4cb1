/** How the server shows who it is, and the change of its authority. */
@NullMarked
package io.rebootless.cli.tls;

import org.jspecify.annotations.NullMarked;
