package io.rebootless.agent.kernel;

import io.rebootless.agent.durable.DurableFile;
import io.rebootless.agent.kernel.Loads.Load;
import io.rebootless.agent.settings.Loader;
import io.rebootless.agent.verification.Finding;
import io.rebootless.agent.verification.Verification;
import io.rebootless.bundle.Admission;
import io.rebootless.bundle.Bundle;
import io.rebootless.bundle.BundleFormat;
import io.rebootless.bundle.BundleReader;
import io.rebootless.bundle.RefusedException;
import io.rebootless.trust.PublisherCertificate;
import io.rebootless.trust.TrustDirectory;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.LivepatchState;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * The kernel without {@code rebootless.ko}: the module's checks, in its order and with its names for what it refuses
 * ({@code kernel-module/ABI}), then the system's own loader. What is verified is a file in a folder that only root can
 * enter, and what is loaded comes from that file, whose digest is looked at once more on the way. Whom to trust is what
 * the trust directory says at the time; nothing is sealed, and nobody verifies after this.
 */
final class DirectKernel implements LivepatchKernel {
    private final LivepatchCore core;
    private final OwnLivepatches own;
    private final Path proc;
    private final Path sysfs;
    private final Path trustDirectory;
    private final RuntimeFolder folder;
    private final Verification verification;

    DirectKernel(
            Path proc,
            Path sysfs,
            Path trustDirectory,
            RuntimeFolder folder,
            StandardLoader loader,
            Verification verification) {
        this.core = new LivepatchCore(sysfs);
        this.own = new OwnLivepatches(proc, sysfs, folder, loader);
        this.proc = proc;
        this.sysfs = sysfs;
        this.trustDirectory = trustDirectory;
        this.folder = folder;
        this.verification = verification;
    }

    @Override
    public Loader loader() {
        return Loader.DIRECT;
    }

    /** As the module says it, but that there is none: {@code moduleLoaded} and {@code sealed} stay false. */
    @Override
    public LivepatchState state() throws IOException {
        var held = own.held();
        if (held.isEmpty()) {
            return new LivepatchState(false, false, 0, own.floor(), null, false, false);
        }
        var newest = held.get(held.size() - 1);
        String patch = newest.module();
        return new LivepatchState(
                false, false, newest.level(), own.floor(), patch, core.enabled(patch), core.transition(patch));
    }

    @Override
    public Optional<KernelTrust> trust() throws IOException {
        var inForce = TrustDirectory.load(trustDirectory).inForce();
        var publishers = inForce.publishers();
        return Optional.of(new KernelTrust(
                false,
                KernelTrust.Keyring.NONE,
                publishers.certificates().stream()
                        .map(PublisherCertificate::fingerprint)
                        .map(Object::toString)
                        .toList(),
                publishers.threshold(),
                inForce.level()));
    }

    @Override
    public Set<String> livepatches() throws IOException {
        return core.names();
    }

    @Override
    public void stage(InputStream bundle) throws IOException, KernelRefusedException {
        String attempted = "the bundle's bytes";
        inTurn(attempted, () -> {
            if (!folder.spool(bundle)) {
                throw KernelRefusedException.by(
                        attempted,
                        "bundle-size",
                        "expected at most %d bytes, found more".formatted(BundleFormat.MAX_FILE_BYTES));
            }
        });
    }

    @Override
    public void apply(Command command) throws IOException, KernelRefusedException {
        inTurn(command.word(), () -> {
            switch (command) {
                case UPGRADE, DOWNGRADE, TRUST -> useStaged(command);
                case CLEAR -> own.clear(command.word());
                case DISCARD -> folder.clearSpool();
            }
        });
    }

    @Override
    public void raiseFloor(long to) throws IOException, KernelRefusedException {
        String attempted = to + " for floor";
        if (to < 0) {
            throw KernelRefusedException.by(attempted, "bad-value", "floor: expected at least 0, found " + to);
        }
        inTurn(attempted, () -> {
            long now = own.floor();
            if (to < now) {
                throw KernelRefusedException.by(
                        attempted, "floor-lowered", "expected at least %d, found %d".formatted(now, to));
            }
            own.raiseFloor(to);
        });
    }

    @Override
    public void disable(String patch) throws IOException, KernelRefusedException {
        core.disable(patch);
    }

    @FunctionalInterface
    private interface Work {
        void run() throws IOException, KernelRefusedException;
    }

    /** The agent's own lock has one process act at a time; this is for agents whose state is in different places. */
    private void inTurn(String attempted, Work work) throws IOException, KernelRefusedException {
        var turn = folder.turn();
        if (turn.isEmpty()) {
            throw KernelRefusedException.by(attempted, "busy", "another command is being carried out");
        }
        try {
            work.run();
        } finally {
            turn.get().close();
        }
    }

    /** It is used up, whatever the verdict. */
    private void useStaged(Command command) throws IOException, KernelRefusedException {
        var staged = folder.staged();
        if (staged.isEmpty()) {
            throw KernelRefusedException.by(command.word(), "nothing-staged", "expected a bundle, found none");
        }
        try {
            if (command == Command.TRUST) {
                changeTrust(staged.get());
            } else {
                changeLevel(command, staged.get());
            }
        } catch (RefusedException e) {
            var refusal = e.refusal();
            throw KernelRefusedException.by(command.word(), refusal.name(), refusal.message());
        } finally {
            folder.clearSpool();
        }
    }

    /** Structure, signatures, then what the header means: an unsigned file learns nothing. */
    private void changeLevel(Command command, Path staged)
            throws IOException, RefusedException, KernelRefusedException {
        Bundle bundle;
        try (var in = new BufferedInputStream(Files.newInputStream(staged))) {
            bundle = BundleReader.read(in);
        }
        verify(command, staged, bundle);
        admit(command, bundle);
        var image = new SpooledImage(folder, staged, bundle);
        image.mustBeTheLivepatch(command.word());
        // A livepatch of ours that was reverted or replaced may be the very module of this bundle. If it cannot be
        // unloaded, that shows next.
        own.unload(command.word());
        own.load(command.word(), image.path(), bundle);
    }

    private void verify(Command command, Path staged, Bundle bundle) throws KernelRefusedException {
        var found = verification.verify(
                staged,
                new BundleReference(
                        bundle.identity(),
                        bundle.fileDigest(),
                        bundle.fileSize(),
                        bundle.header().level(),
                        bundle.manifest().publication()));
        if (found instanceof Finding.Rejected rejected) {
            throw KernelRefusedException.by(
                    command.word(),
                    rejected.failure().name(),
                    rejected.failure().message());
        }
    }

    private void admit(Command command, Bundle bundle) throws IOException, RefusedException {
        var running = KernelIdentity.read(proc, sysfs, System.getProperty("os.arch", "unknown"));
        var held = own.held();
        long highest = held.stream().mapToLong(Load::level).max().orElse(0);
        var admission =
                new Admission(running, own.floor(), highest, held.stream().allMatch(Load::downgradeSafe));
        if (command == Command.UPGRADE) {
            admission.upgrade(bundle.header());
        } else {
            admission.downgrade(bundle.header());
        }
    }

    /** The trust directory is the whole statement: what is put there is in force. */
    private void changeTrust(Path staged) throws IOException, RefusedException {
        byte[] bytes = Files.readAllBytes(staged);
        var bundle = BundleReader.readTrust(new ByteArrayInputStream(bytes));
        var directory = TrustDirectory.load(trustDirectory);
        directory.inForce().followedBy(bundle);
        DurableFile.replace(directory.file(bundle.header().level()), bytes, DurableFile.PUBLIC);
    }
}
