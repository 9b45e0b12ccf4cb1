package io.rebootless.server.kernels;

import io.rebootless.kernel.BuildId;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.catalog.CatalogSnapshot;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.BuildCoverage;
import io.rebootless.wire.BuildCoverage.Coverage;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.KernelCoverage;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Every kernel build that bundles or hosts are known for, and whether a bundle is there for it. */
final class CoverageRule {
    private CoverageRule() {}

    /** A kernel build's place in the list: a space sorts before all that a release can have. */
    static String place(KernelBuild kernel) {
        return String.join(" ", kernel.release(), kernel.buildId().hex(), kernel.version(), kernel.machine());
    }

    /** In order of release, then build-id. */
    static List<KernelCoverage> of(CatalogSnapshot catalog, Map<KernelBuild, Long> hosts) {
        var known = new HashSet<>(catalog.kernels());
        known.addAll(hosts.keySet());
        return known.stream()
                .sorted(Comparator.comparing(CoverageRule::place))
                .map(kernel -> {
                    var latest = catalog.newestFor(kernel);
                    return new KernelCoverage(
                            kernel, hosts.getOrDefault(kernel, 0L), latest.isPresent(), latest.orElse(null));
                })
                .toList();
    }

    /**
     * The one kernel build that has a build-id. Should a host claim it for another release, what is published counts,
     * then what most hosts say.
     */
    static Optional<KernelCoverage> find(List<KernelCoverage> all, BuildId buildId, CatalogSnapshot catalog) {
        return all.stream()
                .filter(one -> one.kernel().buildId().equals(buildId))
                .max(Comparator.<KernelCoverage>comparingInt(
                                one -> catalog.kernels().contains(one.kernel()) ? 1 : 0)
                        .thenComparingLong(KernelCoverage::hosts));
    }

    /** What may be told to everybody: of a build-id that two kernels claim, the one that has a bundle. */
    static BuildCoverage published(BuildId buildId, CatalogSnapshot catalog) {
        var builds = catalog.kernels().stream()
                .filter(kernel -> kernel.buildId().equals(buildId))
                .toList();
        return builds.stream()
                .flatMap(kernel -> catalog.newestFor(kernel).stream())
                .max(Comparator.comparingLong(BundleReference::level))
                .map(newest -> new BuildCoverage(AgentProtocol.VERSION, Coverage.COVERED, newest.level()))
                .orElseGet(() -> new BuildCoverage(
                        AgentProtocol.VERSION, builds.isEmpty() ? Coverage.UNKNOWN : Coverage.BUNDLE_MISSING, null));
    }
}
