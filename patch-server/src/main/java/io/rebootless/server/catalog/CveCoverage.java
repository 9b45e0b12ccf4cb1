package io.rebootless.server.catalog;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import java.util.Map;
import java.util.Set;

/**
 * What the catalogue knows about one CVE.
 *
 * @param bundles all bundles that name it and were not withdrawn: identity and level
 * @param kernels the kernel builds of those bundles
 * @param withdrawn the bundles that name it and were withdrawn: identity and level
 */
public record CveCoverage(Map<Sha256, Long> bundles, Set<KernelBuild> kernels, Map<Sha256, Long> withdrawn) {
    public CveCoverage {
        bundles = Map.copyOf(bundles);
        kernels = Set.copyOf(kernels);
        withdrawn = Map.copyOf(withdrawn);
    }
}
