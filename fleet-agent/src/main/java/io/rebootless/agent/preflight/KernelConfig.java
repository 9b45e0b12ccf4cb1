package io.rebootless.agent.preflight;

import java.util.Optional;

/**
 * How the running kernel was configured.
 *
 * @param source where that was found, absent if nowhere
 * @param text lines such as {@code CONFIG_LIVEPATCH=y}
 */
record KernelConfig(Optional<String> source, String text) {
    static final KernelConfig UNKNOWN = new KernelConfig(Optional.empty(), "");

    /** Whether an option is set; absent if the configuration is not known. */
    Optional<Boolean> has(String option) {
        return source.map(known -> text.lines().anyMatch((option + "=y")::equals));
    }

    String where() {
        return source.map(file -> " (" + file + ")").orElse("");
    }
}
