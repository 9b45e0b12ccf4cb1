/** Talking to the patch server: enrol, poll, report, download; every size and time bounded. */
@NullMarked
package io.rebootless.agent.server;

import org.jspecify.annotations.NullMarked;
