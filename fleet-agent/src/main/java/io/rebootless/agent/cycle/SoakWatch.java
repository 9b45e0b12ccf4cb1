package io.rebootless.agent.cycle;

import io.rebootless.agent.probe.Probes.Phase;
import java.time.Duration;
import java.util.Optional;

/**
 * What is due while a bundle is watched: probes right after the transition, now and then, and once more at the end.
 *
 * @param inForceSince when the transition was seen finished, since boot
 * @param rules the administrator's
 * @param passed when the probes have passed last, since boot
 */
record SoakWatch(Duration inForceSince, Rules rules, Optional<Duration> passed) {

    boolean over(Duration now) {
        return now.compareTo(end()) >= 0;
    }

    boolean probeDue(Duration now) {
        return now.compareTo(nextProbe()) >= 0;
    }

    Phase phase() {
        return passed.isEmpty() ? Phase.APPLIED : Phase.SOAKING;
    }

    /** When to look again. */
    Duration next() {
        return shorter(nextProbe(), end());
    }

    private Duration end() {
        return inForceSince.plus(rules.soak());
    }

    /** After a run that began when the soak was over, none is due any more. */
    private Duration nextProbe() {
        if (passed.isEmpty()) {
            return Duration.ZERO;
        }
        var last = passed.get();
        if (last.compareTo(end()) >= 0) {
            return Duration.ofSeconds(Long.MAX_VALUE);
        }
        return shorter(last.plus(rules.probeInterval()), end());
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
