/** The kernel module's and the livepatch core's files in sysfs, and which kernel build runs. */
@NullMarked
package io.rebootless.agent.kernel;

import org.jspecify.annotations.NullMarked;
