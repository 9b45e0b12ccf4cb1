package io.rebootless.server.catalog;

import io.rebootless.bundle.Bundle;
import io.rebootless.bundle.BundleReader;
import io.rebootless.bundle.LivepatchImage;
import io.rebootless.bundle.RefusedException;
import io.rebootless.bundle.Sha256;
import io.rebootless.server.audit.AuditAction;
import io.rebootless.server.audit.AuditLog;
import io.rebootless.server.blobs.BlobStore;
import io.rebootless.server.catalog.PublicationRules.Published;
import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.server.settings.Settings;
import io.rebootless.trust.TrustedPublishers;
import io.rebootless.trust.VerifiedBundle;
import io.rebootless.wire.PublishedBundle;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes a bundle into the catalogue, whole or not at all: read and verified in one pass, compared with what is
 * published, then flushed to the store and committed.
 */
@Service
final class Publishing {
    private static final Logger LOG = LoggerFactory.getLogger(Publishing.class);

    private final BlobStore blobs;
    private final BundleRows rows;
    private final Publications publications;
    private final Turns turns;
    private final AuditLog audit;
    private final Catalog catalog;
    private final CatalogGeneration generation;
    private final Settings settings;
    private final Clock clock;
    private final TransactionTemplate transaction;

    Publishing(
            BlobStore blobs,
            BundleRows rows,
            Publications publications,
            Turns turns,
            AuditLog audit,
            Catalog catalog,
            CatalogGeneration generation,
            Settings settings,
            Clock clock,
            PlatformTransactionManager transactions) {
        this.blobs = blobs;
        this.rows = rows;
        this.publications = publications;
        this.turns = turns;
        this.audit = audit;
        this.catalog = catalog;
        this.generation = generation;
        this.settings = settings;
        this.clock = clock;
        this.transaction = new TransactionTemplate(transactions);
    }

    /**
     * An accepted bundle.
     *
     * @param fresh false if the very same file was published before
     */
    record Outcome(PublishedBundle bundle, boolean fresh) {}

    /**
     * Publishes what arrives.
     *
     * @throws RefusedException if the bundle itself is at fault
     * @throws io.rebootless.server.problem.ProblemException if it conflicts with the catalogue, or nobody is trusted
     */
    Outcome publish(InputStream upload) throws IOException, RefusedException {
        try (BlobStore.Arrival arriving = receive()) {
            Bundle bundle = read(upload, arriving);
            Optional<Outcome> again = again(bundle, arriving);
            if (again.isPresent()) {
                return again.get();
            }
            // Read anew each time: a new publisher needs no restart.
            TrustedPublishers trusted = trusted();
            VerifiedBundle verified = trusted.verify(bundle);
            PublicationRules.checkDates(verified.signers(), trusted.threshold(), clock.instant());
            // Where it lies: eight images in memory would be 128 MiB.
            LivepatchImage.read(
                            arriving::read,
                            bundle.imageOffset(),
                            bundle.header().imageSize())
                    .matches(bundle.header());
            Outcome outcome = commit(verified, arriving);
            if (outcome.fresh()) {
                LOG.info(
                        "published level {} for {}, publication {}, signed by {}",
                        bundle.header().level(),
                        bundle.header().kernel(),
                        bundle.manifest().publication(),
                        verified.signers());
                catalog.refreshOnceCommitted();
            }
            return outcome;
        }
    }

    /**
     * A bundle that is published already, whoever is trusted now and whatever certificate has ended since: these very
     * bytes were verified when they were published. One whose file was lost or has changed comes back this way.
     */
    private Optional<Outcome> again(Bundle bundle, BlobStore.Arrival arrived) {
        if (!rows.existsByFileDigest(bundle.fileDigest().hex())) {
            return Optional.empty();
        }
        try {
            return Objects.requireNonNull(transaction.execute(status -> {
                turns.build(bundle.header().kernel().buildId().hex());
                return published(bundle, arrived);
            }));
        } catch (UncheckedIOException e) {
            throw cannotKeep(e);
        }
    }

    private Optional<Outcome> published(Bundle bundle, BlobStore.Arrival arrived) {
        return rows.findByFileDigest(bundle.fileDigest().hex()).map(same -> {
            audit.confirm();
            keep(arrived, bundle.fileDigest());
            return new Outcome(same.published(), false);
        });
    }

    private TrustedPublishers trusted() {
        var directory = settings.trustDirectory();
        try {
            return TrustedPublishers.load(directory, settings.trust().threshold());
        } catch (IOException e) {
            LOG.warn("no bundle can be accepted: {}", e.getMessage());
            throw ProblemType.NO_PUBLISHERS.because(
                    "No bundle can be accepted: the server's set of trusted publishers is empty, damaged or smaller"
                            + " than its threshold. Its log says which.",
                    "Put the publishers' certificates into the server's trust directory (rebootless.trust.directory) and"
                            + " upload again; no restart is needed.");
        }
    }

    private BlobStore.Arrival receive() {
        try {
            return blobs.receive();
        } catch (IOException e) {
            throw cannotStore(e);
        }
    }

    private static Bundle read(InputStream upload, BlobStore.Arrival arriving) throws IOException, RefusedException {
        var copy = new BufferedOutputStream(arriving.sink());
        Bundle bundle;
        try {
            bundle = BundleReader.read(new Spool(upload, copy));
        } catch (Spool.WriteFailed e) {
            throw cannotStore(e);
        }
        try {
            copy.flush();
        } catch (IOException e) {
            throw cannotStore(e);
        }
        return bundle;
    }

    private static ProblemException cannotStore(IOException e) {
        LOG.error("an upload cannot be stored: {}", e.getMessage());
        return ProblemType.STORAGE_FULL.because(
                "The bundle could not be written to the server's disk.", "Free space there and upload again.");
    }

    private Outcome commit(VerifiedBundle verified, BlobStore.Arrival arrived) {
        // What lay in the store before is not this upload's to remove.
        var added = new AtomicBoolean();
        try {
            return Objects.requireNonNull(transaction.execute(status -> commitLocked(verified, arrived, added)));
        } catch (RuntimeException e) {
            if (added.get()) {
                discardUnlessPublished(verified.bundle());
            }
            throw e instanceof UncheckedIOException full ? cannotKeep(full) : e;
        }
    }

    private static ProblemException cannotKeep(UncheckedIOException e) {
        LOG.error("an upload cannot be kept: {}", e.getMessage());
        return ProblemType.STORAGE_FULL.because(
                "The bundle could not be moved into the server's store.", "Free space there and upload again.");
    }

    private Outcome commitLocked(VerifiedBundle verified, BlobStore.Arrival arrived, AtomicBoolean added) {
        Bundle bundle = verified.bundle();
        String buildId = bundle.header().kernel().buildId().hex();
        turns.publication(bundle.manifest().publication());
        turns.build(buildId);
        // Somebody else may have published it since this upload was looked for.
        Optional<Outcome> same = published(bundle, arrived);
        if (same.isPresent()) {
            return same.get();
        }
        PublicationRules.checkPublication(
                bundle.manifest().publication(),
                publications.withdrawal(bundle.manifest().publication()));
        PublicationRules.check(
                bundle,
                rows.findByBuildIdAndLevel(buildId, bundle.header().level()).map(Publishing::facts),
                rows.findFirstByBuildIdOrderByLevelDesc(buildId).map(Publishing::facts),
                rows.findFirstByBuildIdAndWithdrawnAtIsNullOrderByLevelDesc(buildId)
                        .map(Publishing::facts));
        BundleRow row = rows.saveAndFlush(new BundleRow(bundle, verified.signers(), clock.instant()));
        added.set(keep(arrived, bundle.fileDigest()));
        audit.record(AuditAction.BUNDLE_PUBLISHED, "bundle:" + row.identity, row.audited());
        generation.advance();
        return new Outcome(row.published(), true);
    }

    private boolean keep(BlobStore.Arrival arrived, Sha256 digest) {
        try {
            turns.blob(digest);
            return arrived.keep(digest);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In its turn, too: the same file may just be published by somebody else, whose row is not to be seen yet. */
    private void discardUnlessPublished(Bundle bundle) {
        try {
            transaction.executeWithoutResult(status -> {
                turns.build(bundle.header().kernel().buildId().hex());
                if (!rows.existsByFileDigest(bundle.fileDigest().hex())) {
                    discard(bundle.fileDigest());
                }
            });
        } catch (RuntimeException e) {
            // Whoever asks is told why the upload failed, not why tidying up after it did.
            LOG.warn("{} stays in the store without being published: {}", bundle.fileDigest(), e.getMessage());
        }
    }

    private void discard(Sha256 digest) {
        try {
            blobs.delete(digest);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Published facts(BundleRow row) {
        return new Published(
                new Sha256(row.fileDigest),
                row.kernel(),
                row.level,
                row.cves.stream().map(BundleRow.CveRow::cve).collect(Collectors.toUnmodifiableSet()));
    }
}
