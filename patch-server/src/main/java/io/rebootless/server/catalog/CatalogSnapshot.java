package io.rebootless.server.catalog;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.wire.BundleReference;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The catalogue at one moment, small enough to be asked at every poll.
 *
 * @param generation grows with every change of the catalogue
 * @param newest for each kernel build the bundle with the highest level that was not withdrawn
 * @param byIdentity every bundle by the SHA-256 of its signed part, withdrawn ones included
 * @param kernels every kernel build for which something was ever published
 * @param withdrawn identities of the bundles that were taken back
 */
public record CatalogSnapshot(
        long generation,
        Map<KernelBuild, BundleReference> newest,
        Map<Sha256, BundleReference> byIdentity,
        Set<KernelBuild> kernels,
        Set<Sha256> withdrawn) {
    public CatalogSnapshot {
        newest = Map.copyOf(newest);
        byIdentity = Map.copyOf(byIdentity);
        kernels = Set.copyOf(kernels);
        withdrawn = Set.copyOf(withdrawn);
    }

    /** One bundle and the kernel build it is for. */
    public record Entry(KernelBuild kernel, BundleReference bundle, boolean withdrawn) {}

    public static CatalogSnapshot of(long generation, List<Entry> entries) {
        var newest = new HashMap<KernelBuild, BundleReference>();
        var byIdentity = new HashMap<Sha256, BundleReference>();
        var kernels = new HashSet<KernelBuild>();
        var withdrawn = new HashSet<Sha256>();
        for (Entry entry : entries) {
            kernels.add(entry.kernel());
            byIdentity.put(entry.bundle().identity(), entry.bundle());
            if (entry.withdrawn()) {
                withdrawn.add(entry.bundle().identity());
            } else {
                newest.merge(entry.kernel(), entry.bundle(), (a, b) -> a.level() > b.level() ? a : b);
            }
        }
        return new CatalogSnapshot(generation, newest, byIdentity, kernels, withdrawn);
    }

    public Optional<BundleReference> newestFor(KernelBuild kernel) {
        return Optional.ofNullable(newest.get(kernel));
    }

    public Optional<BundleReference> withIdentity(Sha256 identity) {
        return Optional.ofNullable(byIdentity.get(identity));
    }
}
