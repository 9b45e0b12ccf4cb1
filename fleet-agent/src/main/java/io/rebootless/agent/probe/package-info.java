/** The operator's own commands, run to find out whether the host still does its work. */
@NullMarked
package io.rebootless.agent.probe;

import org.jspecify.annotations.NullMarked;
