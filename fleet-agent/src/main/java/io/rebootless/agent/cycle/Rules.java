package io.rebootless.agent.cycle;

import java.time.Duration;

/**
 * What the administrator has set about applying.
 *
 * @param transitionDeadline how long a transition may take before it is reversed
 * @param soak how long a finished transition must hold before it counts as settled
 * @param probeInterval from one run of the probes to the next, meanwhile
 */
public record Rules(Duration transitionDeadline, Duration soak, Duration probeInterval) {}
