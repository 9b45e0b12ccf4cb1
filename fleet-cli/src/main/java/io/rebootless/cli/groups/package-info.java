/** Groups of hosts, and the labels that queries go by. */
@NullMarked
package io.rebootless.cli.groups;

import org.jspecify.annotations.NullMarked;
