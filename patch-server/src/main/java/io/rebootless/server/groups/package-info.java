/** Groups of hosts: queries over labels and facts, and why a host is or is not in one. */
@NullMarked
package io.rebootless.server.groups;

import org.jspecify.annotations.NullMarked;
