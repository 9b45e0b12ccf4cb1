package io.rebootless.server.catalog;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.wire.BundleReference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The catalogue at one moment, small enough to be asked at every poll.
 *
 * @param generation grows with every change of the catalogue
 * @param newest for each kernel build the bundle with the highest level
 * @param byIdentity every bundle by the SHA-256 of its signed part
 */
public record CatalogSnapshot(
        long generation, Map<KernelBuild, BundleReference> newest, Map<Sha256, BundleReference> byIdentity) {
    public CatalogSnapshot {
        newest = Map.copyOf(newest);
        byIdentity = Map.copyOf(byIdentity);
    }

    /** One published bundle and the kernel build it is for. */
    public record Entry(KernelBuild kernel, BundleReference bundle) {}

    public static CatalogSnapshot of(long generation, List<Entry> entries) {
        var newest = new HashMap<KernelBuild, BundleReference>();
        var byIdentity = new HashMap<Sha256, BundleReference>();
        for (Entry entry : entries) {
            newest.merge(entry.kernel(), entry.bundle(), (a, b) -> a.level() > b.level() ? a : b);
            byIdentity.put(entry.bundle().identity(), entry.bundle());
        }
        return new CatalogSnapshot(generation, newest, byIdentity);
    }

    public Optional<BundleReference> newestFor(KernelBuild kernel) {
        return Optional.ofNullable(newest.get(kernel));
    }

    public Optional<BundleReference> withIdentity(Sha256 identity) {
        return Optional.ofNullable(byIdentity.get(identity));
    }
}
