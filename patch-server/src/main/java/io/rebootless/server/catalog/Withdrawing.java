package io.rebootless.server.catalog;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.audit.AuditAction;
import io.rebootless.server.audit.AuditLog;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.wire.Publication;
import io.rebootless.wire.PublicationState;
import io.rebootless.wire.PublishedBundle;
import io.rebootless.wire.Withdrawal;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Takes back what was published, for good: it stays in the catalogue, and no host is told to run it any more. */
@Service
final class Withdrawing {
    private static final Logger LOG = LoggerFactory.getLogger(Withdrawing.class);

    private final BundleRows rows;
    private final EntityManager entities;
    private final Publications publications;
    private final Catalog catalog;
    private final CatalogGeneration generation;
    private final Turns turns;
    private final AuditLog audit;
    private final TransactionTemplate transaction;

    Withdrawing(
            BundleRows rows,
            EntityManager entities,
            Publications publications,
            Catalog catalog,
            CatalogGeneration generation,
            Turns turns,
            AuditLog audit,
            PlatformTransactionManager transactions) {
        this.rows = rows;
        this.entities = entities;
        this.publications = publications;
        this.catalog = catalog;
        this.generation = generation;
        this.turns = turns;
        this.audit = audit;
        this.transaction = new TransactionTemplate(transactions);
    }

    /**
     * Withdraws one bundle. The first withdrawal counts; others change nothing.
     *
     * @param digest identity or file digest
     */
    PublishedBundle bundle(Sha256 digest, Withdrawal withdrawal) {
        PublishedBundle withdrawn = Objects.requireNonNull(transaction.execute(status -> {
            BundleRow seen = rows.findByEitherDigest(digest.hex())
                    .orElseThrow(() -> ProblemType.NOT_FOUND.because("There is no bundle with this digest."));
            turns.build(seen.buildId);
            // As it is now that it is our turn.
            entities.refresh(seen);
            if (withdraw(seen, withdrawal)) {
                generation.advance();
            }
            return seen.published();
        }));
        catalog.refreshOnceCommitted();
        return withdrawn;
    }

    /** Withdraws all bundles of a publication, and the name: nothing more is published under it. */
    Publication publication(String name, Withdrawal withdrawal) {
        Publication withdrawn = Objects.requireNonNull(transaction.execute(status -> {
            turns.publication(name);
            List<BundleRow> bundles = rows.findByPublicationInOrderByIdAsc(List.of(name));
            if (bundles.isEmpty()) {
                throw ProblemType.NOT_FOUND.because("There is no publication of this name.");
            }
            bundles.stream().map(row -> row.buildId).distinct().sorted().forEach(turns::build);
            bundles.forEach(entities::refresh);
            long taken =
                    bundles.stream().filter(row -> withdraw(row, withdrawal)).count();
            if (publications.withdraw(name, withdrawal)) {
                audit.record(
                        AuditAction.PUBLICATION_WITHDRAWN,
                        "publication:" + name,
                        Map.of("reason", withdrawal.reason(), "bundles", taken));
            }
            if (taken > 0) {
                generation.advance();
            }
            return publications.find(name).orElseThrow();
        }));
        catalog.refreshOnceCommitted();
        return withdrawn;
    }

    private boolean withdraw(BundleRow row, Withdrawal withdrawal) {
        if (row.state() == PublicationState.WITHDRAWN) {
            return false;
        }
        row.withdraw(withdrawal);
        entities.flush();
        audit.record(
                AuditAction.BUNDLE_WITHDRAWN,
                "bundle:" + row.identity,
                Map.of(
                        "reason", withdrawal.reason(),
                        "level", row.level,
                        "release", row.kernelRelease,
                        "buildId", row.buildId,
                        "publication", row.publication));
        LOG.info("withdrew level {} for {}, publication {}", row.level, row.kernel(), row.publication);
        return true;
    }
}
