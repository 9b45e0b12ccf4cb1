package io.rebootless.sim;

import io.rebootless.bundle.Cve;
import io.rebootless.bundle.Manifest;
import io.rebootless.kernel.BuildId;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.testing.TestBundles;
import io.rebootless.testing.TestPublishers;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Bundles that a server takes, and that no kernel ever sees. */
final class SimulatedBundle {
    private SimulatedBundle() {}

    /** A kernel build that nobody runs. */
    static KernelBuild kernel(int number) {
        return new KernelBuild(
                "6.1.0-9%02d-amd64".formatted(number),
                "#1 SMP PREEMPT_DYNAMIC simulated",
                "x86_64",
                new BuildId("%02x".formatted(number).repeat(20)));
    }

    static byte[] of(KernelBuild kernel, String publication, long level) {
        var manifest = new Manifest(
                publication,
                "Simulated level " + level,
                Instant.now(),
                List.of(new Cve("CVE-2026-0001", Cve.Severity.HIGH)),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                List.of());
        return TestBundles.signed(kernel, level, 0, manifest, TestPublishers.alice());
    }
}
