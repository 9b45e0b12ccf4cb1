/** Finding out which kernel build a file holds: vmlinux, vmlinuz, a Debian package, or the running kernel. */
@NullMarked
package io.rebootless.cli.kernel;

import org.jspecify.annotations.NullMarked;
