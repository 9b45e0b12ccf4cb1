package io.rebootless.agent.trust;

import io.rebootless.agent.durable.DurableFile;
import io.rebootless.agent.kernel.KernelRefusedException;
import io.rebootless.agent.kernel.KernelTrust;
import io.rebootless.agent.kernel.LivepatchKernel;
import io.rebootless.agent.kernel.LivepatchKernel.Command;
import io.rebootless.bundle.BundleReader;
import io.rebootless.bundle.RefusedException;
import io.rebootless.bundle.Sha256;
import io.rebootless.bundle.TrustBundle;
import io.rebootless.trust.TrustDirectory;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Follows a trust bundle. First it is on disk, then in the kernel: after a crash in between the next boot, or the same
 * command again, brings the kernel up to what the disk says. The other way round, a boot would forget it.
 */
public final class TrustUpdate {
    private final Path directory;
    private final LivepatchKernel kernel;

    /**
     * Prepares for an update.
     *
     * @param directory {@code trust.d}
     * @param kernel nobody else must stage anything in it meanwhile
     */
    public TrustUpdate(Path directory, LivepatchKernel kernel) {
        this.directory = directory;
        this.kernel = kernel;
    }

    /**
     * Follows the trust bundle in {@code file}. If it is there already, only what the kernel lacks is done.
     *
     * @return the level that is in force now, on disk and in the kernel
     * @throws RefusedException if this host's present publishers do not vouch for it; nothing has changed
     * @throws KernelRefusedException if the kernel did not take it; it is not on disk, unless it was before
     */
    public long follow(Path file) throws IOException, RefusedException, KernelRefusedException {
        var trusted = TrustDirectory.load(directory);
        var bundle = read(file);
        byte[] bytes = bytes(file, bundle);
        Path place = trusted.file(bundle.header().level());
        boolean present = holds(place, bytes);
        if (!present) {
            trusted.inForce().followedBy(bundle);
        }
        ready();
        if (!present) {
            DurableFile.replace(place, bytes, DurableFile.PUBLIC);
        }
        boolean taken = false;
        try {
            tellKernel();
            taken = true;
        } finally {
            if (!taken && !present && ready().level() < bundle.header().level()) {
                DurableFile.remove(place);
            }
        }
        return TrustDirectory.load(directory).inForce().level();
    }

    /** Replays what is on disk and above the kernel's trust level, as the boot unit does. */
    private void tellKernel() throws IOException, KernelRefusedException {
        var trusted = TrustDirectory.load(directory);
        for (var bundle : trusted.chain()) {
            long level = bundle.header().level();
            if (level <= ready().level()) {
                continue;
            }
            try (var in = new BufferedInputStream(Files.newInputStream(trusted.file(level)))) {
                kernel.stage(in);
            }
            kernel.apply(Command.TRUST);
            if (ready().level() != level) {
                throw new IOException(
                        "the kernel module has taken trust level %d and shows %d".formatted(level, ready().level()));
            }
        }
    }

    private KernelTrust ready() throws IOException {
        var trust = kernel.trust()
                .orElseThrow(() -> new IOException("the kernel module rebootless is not loaded, so nothing has been"
                        + " changed; first: systemctl start rebootless-trust"));
        if (!trust.counts()) {
            throw new IOException("the kernel module's trust is not sealed, so nothing has been changed; first:"
                    + " systemctl restart rebootless-trust");
        }
        return trust;
    }

    private static TrustBundle read(Path file) throws IOException, RefusedException {
        try (var in = new BufferedInputStream(Files.newInputStream(file))) {
            return BundleReader.readTrust(in);
        }
    }

    /** Read again only now that it is known to be a trust bundle, which is small. */
    private static byte[] bytes(Path file, TrustBundle bundle) throws IOException {
        byte[] bytes;
        try (var in = Files.newInputStream(file)) {
            bytes = in.readNBytes((int) bundle.fileSize() + 1);
        }
        if (!Sha256.of(bytes).equals(bundle.fileDigest())) {
            throw new IOException(file + ": changed while it was being read; try again");
        }
        return bytes;
    }

    private static boolean holds(Path place, byte[] bytes) throws IOException {
        return Files.exists(place)
                && Files.size(place) == bytes.length
                && Arrays.equals(Files.readAllBytes(place), bytes);
    }
}
