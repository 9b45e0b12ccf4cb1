/** Whether a bundle at hand may be believed, asked in this process or, by one that is to stay small, of a short-lived other. */
@NullMarked
package io.rebootless.agent.verification;

import org.jspecify.annotations.NullMarked;
