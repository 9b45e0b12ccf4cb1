package io.rebootless.server.catalog;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.wire.BundleReference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The catalogue at one moment, small enough to be asked at every poll.
 *
 * @param generation grows with every change of the catalogue, and of what rollouts have come to
 * @param offers for each kernel build the bundles that were not withdrawn, the highest level first
 * @param byIdentity every bundle by the SHA-256 of its signed part, withdrawn ones included
 * @param kernels every kernel build for which something was ever published
 * @param withdrawn identities of the bundles that were taken back
 * @param takenBack kernel builds of which a bundle was withdrawn or is in quarantine
 * @param releases which of them have come to which host
 */
public record CatalogSnapshot(
        long generation,
        Map<KernelBuild, List<Offer>> offers,
        Map<Sha256, BundleReference> byIdentity,
        Set<KernelBuild> kernels,
        Set<Sha256> withdrawn,
        Set<KernelBuild> takenBack,
        Releases releases) {
    public CatalogSnapshot {
        offers = Map.copyOf(offers);
        byIdentity = Map.copyOf(byIdentity);
        kernels = Set.copyOf(kernels);
        withdrawn = Set.copyOf(withdrawn);
        takenBack = Set.copyOf(takenBack);
    }

    /** One bundle and the kernel build it is for. */
    public record Entry(KernelBuild kernel, BundleReference bundle, Instant published, boolean withdrawn) {}

    /** What a host may be told to run. */
    public record Offer(BundleReference bundle, Instant published) {}

    public static CatalogSnapshot of(long generation, List<Entry> entries, Releases releases) {
        var offers = new HashMap<KernelBuild, List<Offer>>();
        var byIdentity = new HashMap<Sha256, BundleReference>();
        var kernels = new HashSet<KernelBuild>();
        var withdrawn = new HashSet<Sha256>();
        var takenBack = new HashSet<KernelBuild>();
        for (Entry entry : entries) {
            Sha256 identity = entry.bundle().identity();
            kernels.add(entry.kernel());
            byIdentity.put(identity, entry.bundle());
            if (entry.withdrawn() || releases.quarantined().contains(identity)) {
                takenBack.add(entry.kernel());
            }
            if (entry.withdrawn()) {
                withdrawn.add(identity);
            } else {
                offers.computeIfAbsent(entry.kernel(), kernel -> new ArrayList<>())
                        .add(new Offer(entry.bundle(), entry.published()));
            }
        }
        offers.replaceAll((kernel, some) -> some.stream()
                .sorted(Comparator.comparingLong((Offer offer) -> offer.bundle().level())
                        .reversed())
                .toList());
        return new CatalogSnapshot(generation, offers, byIdentity, kernels, withdrawn, takenBack, releases);
    }

    /** The bundles for a kernel build that were not withdrawn, the highest level first. */
    public List<Offer> offersFor(KernelBuild kernel) {
        return offers.getOrDefault(kernel, List.of());
    }

    /** The highest level that was not withdrawn: what hosts are to come to in the end. */
    public Optional<BundleReference> newestFor(KernelBuild kernel) {
        return offersFor(kernel).stream().findFirst().map(Offer::bundle);
    }

    public Optional<BundleReference> withIdentity(Sha256 identity) {
        return Optional.ofNullable(byIdentity.get(identity));
    }
}
