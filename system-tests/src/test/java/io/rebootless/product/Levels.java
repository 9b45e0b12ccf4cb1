package io.rebootless.product;

import static io.rebootless.testing.TestPublishers.alice;

import io.rebootless.bundle.ManifestCodec;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.testing.TestBundles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
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
        // The kernel loads no second module of a name, and the level before may well be the same sample.
        String name = "rebootless_level%03d".formatted(newest + 1);
        return publish(name, renamed(read(module.sample(fix)), "rebootless_sample_" + fix, name));
    }

    /** Publishes a livepatch that was made to misbehave, by the name of its source. */
    Level misbehaving(String name) {
        return publish(name, read(module.testModule(name)));
    }

    private Level publish(String name, byte[] image) {
        byte[] manifest = ManifestCodec.encode(TestBundles.manifest(++newest, "CVE-2026-0001"));
        return new Level(newest, server.publish(TestBundles.signed(kernel, name, newest, 0, manifest, image, alice())));
    }

    /** The same module by another name of the same length: no offset in it changes. */
    private static byte[] renamed(byte[] image, String name, String other) {
        return new String(image, StandardCharsets.ISO_8859_1)
                .replace(name, other)
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] read(Path image) {
        try {
            return Files.readAllBytes(image);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
