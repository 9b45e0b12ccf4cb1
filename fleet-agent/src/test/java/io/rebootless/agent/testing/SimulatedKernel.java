package io.rebootless.agent.testing;

import io.rebootless.agent.kernel.KernelRefusedException;
import io.rebootless.agent.kernel.KernelTrust;
import io.rebootless.agent.kernel.KernelTrust.Keyring;
import io.rebootless.agent.kernel.LivepatchKernel;
import io.rebootless.agent.settings.Loader;
import io.rebootless.bundle.Admission;
import io.rebootless.bundle.Bundle;
import io.rebootless.bundle.BundleReader;
import io.rebootless.bundle.RefusedException;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.trust.TrustInForce;
import io.rebootless.trust.TrustedPublishers;
import io.rebootless.wire.LivepatchState;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The module and the livepatch core as their documents describe them: staging, verdicts, atomic replace, transitions
 * that take a few looks, reversal, and livepatches that stay loaded after they are off.
 */
public final class SimulatedKernel implements LivepatchKernel {
    private final KernelBuild running;
    private final TrustedPublishers sealedWith;

    /** The newest last; all but the newest are on their way out, or wait for a reversal. */
    private final Deque<Patch> patches = new ArrayDeque<>();

    private final Set<String> foreign = new TreeSet<>();
    private final List<String> log = new ArrayList<>();
    private byte @Nullable [] staged;
    private boolean loaded = true;
    private boolean sealed = true;
    private long floor;
    private boolean floorStuck;
    private int looks;
    private boolean stalls;
    private @Nullable String nextError;
    private TrustInForce trusted;
    private Keyring keyring = Keyring.OWN;

    private static final class Patch {
        private final Bundle bundle;
        private boolean enabled = true;
        private int looksLeft;

        private Patch(Bundle bundle, int looksLeft) {
            this.bundle = bundle;
            this.looksLeft = looksLeft;
        }
    }

    public SimulatedKernel(KernelBuild running, TrustedPublishers trusted) {
        this.running = running;
        this.sealedWith = trusted;
        this.trusted = TrustInForce.sealed(trusted);
    }

    public void reboot() {
        patches.clear();
        staged = null;
        floor = 0;
        trusted = TrustInForce.sealed(sealedWith);
    }

    /** As if loaded with {@code keyring=secondary}; signatures are still those of our publishers here. */
    public void verifyByKeyring() {
        keyring = Keyring.SECONDARY;
    }

    public void unloadModule() {
        loaded = false;
    }

    public void unseal() {
        sealed = false;
    }

    public void reloadSealed() {
        loaded = true;
        sealed = true;
    }

    /** How many looks at the state a transition outlasts. */
    public void transitionsTake(int newLooks) {
        looks = newLooks;
    }

    public void transitionsStall(boolean newStalls) {
        stalls = newStalls;
    }

    /** As without the folder that the agent's unit has to give it. */
    public void floorsStick(boolean newFloorStuck) {
        floorStuck = newFloorStuck;
    }

    /** {@code last_error} of the next command. */
    public void failNext(String lastError) {
        nextError = lastError;
    }

    public void addForeign(String module) {
        foreign.add(module);
    }

    /** Commands that the module was given, in order. */
    public List<String> log() {
        return List.copyOf(log);
    }

    @Override
    public Loader loader() {
        return Loader.MODULE;
    }

    @Override
    public LivepatchState state() {
        if (!loaded) {
            return LivepatchState.absent();
        }
        settle();
        var newest = patches.peekLast();
        return newest == null
                ? new LivepatchState(true, sealed, 0, floor, null, false, false)
                : new LivepatchState(
                        true,
                        sealed,
                        newest.bundle.header().level(),
                        floor,
                        newest.bundle.header().module(),
                        newest.enabled,
                        newest.looksLeft > 0);
    }

    /** One look passes. */
    private void settle() {
        var newest = patches.peekLast();
        if (newest == null) {
            return;
        }
        if (newest.looksLeft > 0 && !stalls) {
            newest.looksLeft--;
        }
        if (newest.looksLeft == 0) {
            if (newest.enabled) {
                while (patches.size() > 1) {
                    patches.removeFirst();
                }
            } else {
                patches.removeLast();
            }
        }
    }

    @Override
    public Set<String> livepatches() {
        var names = new TreeSet<>(foreign);
        patches.forEach(patch -> names.add(patch.bundle.header().module()));
        return names;
    }

    /** What root may do while a transition runs: {@code echo 1 >/sys/kernel/livepatch/…/enabled}. */
    public void enableFromOutside() {
        var newest = patches.getLast();
        newest.enabled = true;
        newest.looksLeft = 0;
    }

    @Override
    public void stage(InputStream bundle) throws IOException {
        staged = bundle.readAllBytes();
    }

    @Override
    public void apply(Command command) throws IOException, KernelRefusedException {
        if (!loaded) {
            throw new IOException("not loaded");
        }
        log.add(command.word());
        if (command == Command.DISCARD) {
            staged = null;
            return;
        }
        if (nextError != null) {
            String error = nextError;
            nextError = null;
            throw KernelRefusedException.of(command.word(), error, "I/O error");
        }
        if (!sealed) {
            throw refused(command, "EPERM not-sealed: expected sealed trust, found it open");
        }
        switch (command) {
            case UPGRADE, DOWNGRADE -> load(command);
            case TRUST -> follow();
            case CLEAR, DISCARD -> {}
        }
    }

    @Override
    public Optional<KernelTrust> trust() {
        if (!loaded) {
            return Optional.empty();
        }
        boolean own = keyring == Keyring.OWN;
        var publishers = trusted.publishers();
        return Optional.of(new KernelTrust(
                sealed,
                keyring,
                own
                        ? publishers.certificates().stream()
                                .map(certificate -> certificate.fingerprint().hex())
                                .toList()
                        : List.of(),
                own ? publishers.threshold() : 1,
                trusted.level()));
    }

    private void follow() throws IOException, KernelRefusedException {
        if (keyring == Keyring.SECONDARY) {
            throw refused(Command.TRUST, "EOPNOTSUPP trust-by-keyring: trust is the kernel's .secondary_trusted_keys");
        }
        try {
            trusted = trusted.followedBy(BundleReader.readTrust(new ByteArrayInputStream(takeStaged(Command.TRUST))));
        } catch (RefusedException e) {
            throw verdict(Command.TRUST, e);
        }
    }

    private byte[] takeStaged(Command command) throws KernelRefusedException {
        byte[] bytes = staged;
        staged = null;
        if (bytes == null) {
            throw refused(command, "ENODATA nothing-staged: expected a bundle, found none");
        }
        return bytes;
    }

    private static KernelRefusedException verdict(Command command, RefusedException e) {
        return refused(
                command, "EBADMSG " + e.refusal().name() + ": " + e.refusal().message());
    }

    private void load(Command command) throws IOException, KernelRefusedException {
        try {
            var bundle = BundleReader.read(new ByteArrayInputStream(takeStaged(command)));
            trusted.publishers().verify(bundle);
            var newest = patches.peekLast();
            var admission = new Admission(
                    running,
                    floor,
                    newest == null ? 0 : newest.bundle.header().level(),
                    newest == null || newest.bundle.header().downgradeSafe());
            if (command == Command.UPGRADE) {
                admission.upgrade(bundle.header());
            } else {
                admission.downgrade(bundle.header());
            }
            patches.addLast(new Patch(bundle, stalls ? 1 : looks));
            floor = Math.max(floor, bundle.header().floor());
        } catch (RefusedException e) {
            throw verdict(command, e);
        }
    }

    @Override
    public void raiseFloor(long newFloor) throws KernelRefusedException {
        if (newFloor < floor) {
            throw KernelRefusedException.of("floor", "EPERM floor-lowered: no", "");
        }
        if (floorStuck) {
            throw KernelRefusedException.of("floor", "EACCES: the folder is read-only", "");
        }
        log.add("floor " + newFloor);
        floor = newFloor;
    }

    @Override
    public void disable(String patch) {
        var newest = patches.peekLast();
        if (newest != null && newest.bundle.header().module().equals(patch)) {
            log.add("disable " + patch);
            newest.enabled = false;
            newest.looksLeft = stalls ? 1 : looks;
        }
    }

    private static KernelRefusedException refused(Command command, String lastError) {
        return KernelRefusedException.of(command.word(), lastError, "refused");
    }
}
