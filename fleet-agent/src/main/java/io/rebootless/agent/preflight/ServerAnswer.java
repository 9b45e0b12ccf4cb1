package io.rebootless.agent.preflight;

import io.rebootless.wire.BuildCoverage;
import java.time.Duration;

/** What came of asking the patch server about this kernel build. */
sealed interface ServerAnswer {
    /** Neither an option nor the settings name one. */
    record NotAsked() implements ServerAnswer {}

    /** It has answered. */
    record Told(String server, BuildCoverage coverage, Duration took) implements ServerAnswer {}

    /**
     * It was reached, and answers something else.
     *
     * @param early whether it only wants to be asked later
     */
    record Refused(String server, String words, boolean early) implements ServerAnswer {}

    record Unreachable(String words) implements ServerAnswer {}
}
