/** The hosts: enrolment, reports, history, last-seen, and what the server dares to say of each. */
@NullMarked
package io.rebootless.server.fleet;

import org.jspecify.annotations.NullMarked;
