/** From the source of a fix to bundles that were seen to work: a patch directory, built and tried on real kernels. */
@NullMarked
package io.rebootless.cli.patch;

import org.jspecify.annotations.NullMarked;
