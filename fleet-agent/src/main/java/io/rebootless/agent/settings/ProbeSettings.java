package io.rebootless.agent.settings;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What the settings say of probes.
 *
 * @param directory holds them; need not be there
 * @param interval from one run of all of them to the next, during the soak
 * @param timeout of each
 */
public record ProbeSettings(Path directory, Duration interval, Duration timeout) {}
