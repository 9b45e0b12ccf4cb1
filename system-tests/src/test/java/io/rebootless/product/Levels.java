package io.rebootless.product;

import static io.rebootless.testing.TestPublishers.alice;

import io.rebootless.bundle.ManifestCodec;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.testing.TestBundles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Publishes livepatches by alice for one kernel build, each at the level above the one before. */
final class Levels {
    private final ServerAdmin server;
    private final ModuleBuild module;
    private final KernelBuild kernel;
    private int newest;

    Levels(ServerAdmin server, ModuleBuild module, KernelBuild kernel) {
        this.server = server;
        this.module = module;
        this.kernel = kernel;
    }

    /**
     * A published bundle.
     *
     * @param number its level
     * @param identity by which the agent and the server call it
     */
    record Level(int number, String identity) {}

    /** Publishes a sample livepatch, one that does well. */
    Level sample(int fix) {
        return publish("rebootless_sample_" + fix, module.sample(fix));
    }

    /** Publishes a livepatch that was made to misbehave, by the name of its source. */
    Level misbehaving(String name) {
        return publish(name, module.testModule(name));
    }

    private Level publish(String name, Path image) {
        try {
            byte[] manifest = ManifestCodec.encode(TestBundles.manifest(++newest, "CVE-2026-0001"));
            byte[] bundle = TestBundles.signed(kernel, name, newest, 0, manifest, Files.readAllBytes(image), alice());
            return new Level(newest, server.publish(bundle));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
