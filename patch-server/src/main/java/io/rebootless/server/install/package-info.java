/** What a host needs before it can enrol: the install script and the packages that the operator has laid out. */
@NullMarked
package io.rebootless.server.install;

import org.jspecify.annotations.NullMarked;
