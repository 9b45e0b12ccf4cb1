/** The agent as a program: where it starts. */
@NullMarked
package io.rebootless.agent;

import org.jspecify.annotations.NullMarked;
