package io.rebootless.agent.verification;

import io.rebootless.wire.BundleReference;
import java.nio.file.Path;

/** Reads a bundle's file, compares it with what the server has promised, and asks who has signed it. */
@FunctionalInterface
public interface Verification {
    /** Whatever goes wrong on the way is a finding, and none that lets the bundle pass. */
    Finding verify(Path file, BundleReference promised);
}
