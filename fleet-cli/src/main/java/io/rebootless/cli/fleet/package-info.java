/** Asking the server about the fleet: status, the gate for pipelines, and enrolment keys for new hosts. */
@NullMarked
package io.rebootless.cli.fleet;

import org.jspecify.annotations.NullMarked;
