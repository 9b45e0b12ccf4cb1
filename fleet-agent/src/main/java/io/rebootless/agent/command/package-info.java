/** What people and units call: one class a command, each with its help and its exit codes. */
@NullMarked
package io.rebootless.agent.command;

import org.jspecify.annotations.NullMarked;
