/** Trust bundles: whom hosts trust from now on, said by those whom they trust now. */
@NullMarked
package io.rebootless.cli.trust;

import org.jspecify.annotations.NullMarked;
