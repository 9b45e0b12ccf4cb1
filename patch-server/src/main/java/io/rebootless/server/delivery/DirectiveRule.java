package io.rebootless.server.delivery;

import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.catalog.CatalogSnapshot;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.Directive;
import io.rebootless.wire.Directive.Order;

/** What a host is told to run: the newest level for its kernel build. */
final class DirectiveRule {
    static final String NOTHING_PUBLISHED = "no bundle is published for this kernel build";

    private DirectiveRule() {}

    /** The generation is the catalogue's: it never goes back for a host, even one that boots another kernel build. */
    static Directive of(CatalogSnapshot catalog, KernelBuild kernel) {
        return catalog.newestFor(kernel)
                .map(bundle -> new Directive(AgentProtocol.VERSION, catalog.generation(), Order.RUN, bundle, null))
                .orElseGet(() -> nothing(catalog));
    }

    static Directive nothing(CatalogSnapshot catalog) {
        return new Directive(AgentProtocol.VERSION, catalog.generation(), Order.HOLD, null, NOTHING_PUBLISHED);
    }
}
