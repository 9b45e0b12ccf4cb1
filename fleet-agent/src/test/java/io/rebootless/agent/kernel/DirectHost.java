package io.rebootless.agent.kernel;

import io.rebootless.agent.durable.Listing;
import io.rebootless.agent.testing.FakeRoot;
import io.rebootless.agent.verification.InProcessVerification;
import io.rebootless.agent.verification.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A host without the module: plain files where a kernel has its modules and livepatches, and two scripts where a system
 * has {@code insmod} and {@code rmmod}, which change them as the kernel would.
 */
final class DirectHost {
    /** As the livepatch core replaces, so does this: what was in force loses its folder and its reference. */
    private static final String INSMOD = """
            #!/bin/sh
            set -eu
            sys='%s'
            name=$(basename "$1" .ko)
            if [ -e "$sys/module/$name" ]; then
                echo "insmod: ERROR: could not insert module $1: File exists" >&2
                exit 1
            fi
            cp "$1" "$sys/loaded.ko"
            mkdir -p "$sys/module/$name" "$sys/kernel/livepatch"
            for patch in "$sys"/kernel/livepatch/*; do
                [ -d "$patch" ] || continue
                echo 0 >"$sys/module/${patch##*/}/refcnt"
                rm -r "$patch"
            done
            mkdir "$sys/kernel/livepatch/$name"
            echo live >"$sys/module/$name/initstate"
            echo 1 >"$sys/module/$name/refcnt"
            echo 0 >"$sys/kernel/livepatch/$name/transition"
            echo 1 >"$sys/kernel/livepatch/$name/enabled"
            """;

    private static final String RMMOD = """
            #!/bin/sh
            set -eu
            if ! grep -qx 0 '%1$s'/module/"$1"/refcnt; then
                echo "rmmod: ERROR: Module $1 is in use" >&2
                exit 1
            fi
            rm -r '%1$s'/module/"$1"
            """;

    private final FakeRoot root;
    private final int uid;
    private Duration patience = Duration.ofSeconds(30);
    private Verification verification;

    private DirectHost(FakeRoot root) throws IOException {
        this.root = root;
        this.uid = (int) Files.getAttribute(root.directory(), "unix:uid");
        this.verification = InProcessVerification.by(trust());
        program("insmod", INSMOD.formatted(root.sysfs()));
        program("rmmod", RMMOD.formatted(root.sysfs()));
    }

    static DirectHost on(FakeRoot root) throws IOException {
        return new DirectHost(root);
    }

    /** An agent that has just been started. */
    DirectKernel kernel() {
        return new DirectKernel(
                root.proc(),
                root.sysfs(),
                trust(),
                folder(),
                new StandardLoader(root.directory(), patience),
                verification);
    }

    RuntimeFolder folder() {
        return new RuntimeFolder(run(), uid);
    }

    Path run() {
        return root.directory().resolve("run");
    }

    Path trust() {
        return root.directory().resolve("trust.d");
    }

    /** The bytes that were loaded last. */
    byte[] loaded() throws IOException {
        return Files.readAllBytes(root.sysfs().resolve("loaded.ko"));
    }

    void patience(Duration shorter) {
        patience = shorter;
    }

    void verifiesBy(Verification other) {
        verification = other;
    }

    void program(String name, String script) throws IOException {
        Path file = root.directory().resolve("sbin").resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, script);
        if (!file.toFile().setExecutable(true)) {
            throw new IOException(file + " cannot be made executable");
        }
    }

    void realInsmod() throws IOException {
        program("insmod", INSMOD.formatted(root.sysfs()));
    }

    /** What was turned off is off for every task: the core lets go of it. */
    void finishTransitions() throws IOException {
        Path livepatch = root.sysfs().resolve("kernel/livepatch");
        if (!Files.exists(livepatch)) {
            return;
        }
        for (Path patch : Listing.of(livepatch)) {
            if (Files.readString(patch.resolve("enabled")).strip().equals("0")) {
                Files.delete(patch.resolve("enabled"));
                Files.delete(patch.resolve("transition"));
                Files.delete(patch);
                root.file("sys/module/" + patch.getFileName() + "/refcnt", "0");
            }
        }
    }
}
