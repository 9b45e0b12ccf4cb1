package io.rebootless.server.delivery;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.catalog.CatalogSnapshot;
import io.rebootless.server.catalog.CatalogSnapshot.Offer;
import io.rebootless.server.catalog.Releases.Release;
import io.rebootless.server.holds.HostHold;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.Directive;
import io.rebootless.wire.Directive.Order;
import io.rebootless.wire.HoldKind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a host is told to run: the highest level for its kernel build that was not withdrawn, that a rollout has come to
 * it with, and that no hold keeps it from. Below a withdrawn level the host's own kernel decides whether it goes down:
 * not below its floor, and not from a level that cannot be left.
 */
final class DirectiveRule {
    static final String NOTHING_PUBLISHED = "no bundle is published for this kernel build";
    static final String NOT_REACHED = "no rollout has come to this host yet";
    static final String TAKEN_BACK = "every level that has come to this host was withdrawn or quarantined";

    private DirectiveRule() {}

    /**
     * Who is told.
     *
     * @param refused bundles that it was not handed after all
     */
    record Host(UUID id, KernelBuild kernel, List<HostHold> holds, Set<Sha256> refused) {}

    /**
     * What it is told.
     *
     * @param handOver whether it is to be taken down first that it is handed the bundle
     * @param nothingNewer why it is told of no higher level that is published, for people, put into words only when they
     *     ask; absent if there is none
     */
    record Told(
            Directive directive, boolean handOver, @Nullable Supplier<String> nothingNewer) {
        static Told plainly(Directive directive) {
            return new Told(directive, false, null);
        }

        /** As people are shown it: what a host is told does not change with what it is not told. */
        Directive explained() {
            return directive.reason() != null || nothingNewer == null
                    ? directive
                    : new Directive(
                            directive.version(),
                            directive.generation(),
                            directive.order(),
                            directive.bundle(),
                            nothingNewer.get());
        }
    }

    /** The generation is the catalogue's: it never goes back for a host, even one that boots another kernel build. */
    static Told of(CatalogSnapshot catalog, Host host, Instant now) {
        var holds = host.holds().stream().filter(hold -> hold.standing(now)).toList();
        var nothing = kept(holds, HoldKind.NONE);
        if (nothing.isPresent()) {
            return Told.plainly(directive(catalog, Order.NONE, null, nothing.get()));
        }
        var stay = kept(holds, HoldKind.STAY);
        if (stay.isPresent()) {
            return Told.plainly(directive(catalog, Order.HOLD, null, stay.get()));
        }
        HostHold keptFromAll = null;
        Supplier<String> nothingNewer = null;
        for (Offer offer : catalog.offersFor(host.kernel())) {
            var keeps = holds.stream()
                    .filter(hold -> hold.keepsFrom(offer.bundle().level(), offer.published()))
                    .findFirst();
            if (keeps.isPresent()) {
                keptFromAll = keeps.get();
                nothingNewer = nothingNewer == null ? keptFromAll::words : nothingNewer;
                continue;
            }
            Sha256 identity = offer.bundle().identity();
            Release release = catalog.releases().of(host.id(), identity);
            if (release != Release.NONE && !host.refused().contains(identity)) {
                return new Told(
                        directive(catalog, Order.RUN, offer.bundle(), null), release == Release.OPEN, nothingNewer);
            }
            nothingNewer = nothingNewer == null ? () -> notTold(offer) : nothingNewer;
        }
        return Told.plainly(without(catalog, host.kernel(), keptFromAll));
    }

    /** It has not come to the host, or was taken back there: the rollout says which. */
    private static String notTold(Offer offer) {
        return "level %d is not for it now, see `rebootless rollout show %s`"
                .formatted(offer.bundle().level(), offer.bundle().publication());
    }

    private static Optional<String> kept(List<HostHold> holds, HoldKind kind) {
        return holds.stream()
                .filter(hold -> hold.kind() == kind)
                .map(HostHold::words)
                .findFirst();
    }

    private static Directive without(CatalogSnapshot catalog, KernelBuild kernel, @Nullable HostHold kept) {
        if (kept != null) {
            // Nothing that it may run has come to it; what it runs, if it runs anything, it may not.
            return directive(catalog, Order.NONE, null, kept.words());
        }
        if (catalog.takenBack().contains(kernel)) {
            // Not a hold: it would leave in force, and put back after a reboot, what was taken back.
            return directive(catalog, Order.NONE, null, TAKEN_BACK);
        }
        boolean published = catalog.kernels().contains(kernel);
        return directive(catalog, Order.HOLD, null, published ? NOT_REACHED : NOTHING_PUBLISHED);
    }

    private static Directive directive(
            CatalogSnapshot catalog, Order order, @Nullable BundleReference bundle, @Nullable String reason) {
        return new Directive(AgentProtocol.VERSION, catalog.generation(), order, bundle, reason);
    }
}
