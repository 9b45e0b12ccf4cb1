/** Creating, signing, inspecting, verifying and uploading bundles. */
@NullMarked
package io.rebootless.cli.bundle;

import org.jspecify.annotations.NullMarked;
