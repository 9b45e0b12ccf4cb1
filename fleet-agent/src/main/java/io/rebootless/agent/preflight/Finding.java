package io.rebootless.agent.preflight;

import java.util.Optional;

/**
 * What a check has found.
 *
 * @param check its name
 * @param outcome what it comes to
 * @param found one line, for people
 * @param remedy what to do about it
 */
record Finding(String check, Outcome outcome, String found, Optional<String> remedy) {}
