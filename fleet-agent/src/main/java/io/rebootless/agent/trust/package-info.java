/** Changing whom this host trusts: on its disk and in its kernel, or in neither. */
@NullMarked
package io.rebootless.agent.trust;

import org.jspecify.annotations.NullMarked;
