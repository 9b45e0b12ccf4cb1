/** Asking the server about the fleet: status, hosts, the gate for pipelines, and the keys of people and new hosts. */
@NullMarked
package io.rebootless.cli.fleet;

import org.jspecify.annotations.NullMarked;
