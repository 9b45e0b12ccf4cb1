package io.rebootless.server.delivery;

import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.catalog.CatalogSnapshot;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.Directive;
import io.rebootless.wire.Directive.Order;

/**
 * What a host is told to run: the newest level for its kernel build that was not withdrawn. Below a withdrawn level the
 * host's own kernel decides whether it goes down: not below its floor, and not from a level that cannot be left.
 */
final class DirectiveRule {
    static final String NOTHING_PUBLISHED = "no bundle is published for this kernel build";

    static final String ALL_WITHDRAWN = "every level published for this kernel build was withdrawn";

    private DirectiveRule() {}

    /** The generation is the catalogue's: it never goes back for a host, even one that boots another kernel build. */
    static Directive of(CatalogSnapshot catalog, KernelBuild kernel) {
        return catalog.newestFor(kernel)
                .map(bundle -> new Directive(AgentProtocol.VERSION, catalog.generation(), Order.RUN, bundle, null))
                .orElseGet(() -> catalog.kernels().contains(kernel) ? none(catalog) : nothing(catalog));
    }

    /** Not a hold: it would leave in force, and put back after a reboot, what the publisher has taken back. */
    private static Directive none(CatalogSnapshot catalog) {
        return new Directive(AgentProtocol.VERSION, catalog.generation(), Order.NONE, null, ALL_WITHDRAWN);
    }

    static Directive nothing(CatalogSnapshot catalog) {
        return new Directive(AgentProtocol.VERSION, catalog.generation(), Order.HOLD, null, NOTHING_PUBLISHED);
    }
}
