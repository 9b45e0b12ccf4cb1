/** What this host's administrator allows the server to order, and the kill switch that works without it. */
@NullMarked
package io.rebootless.agent.policy;

import org.jspecify.annotations.NullMarked;
