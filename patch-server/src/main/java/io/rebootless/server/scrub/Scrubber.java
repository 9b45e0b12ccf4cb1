package io.rebootless.server.scrub;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.blobs.BlobStore;
import io.rebootless.server.catalog.Catalog;
import io.rebootless.server.catalog.Quarantine;
import io.rebootless.wire.StorageReport.Fault;
import io.rebootless.wire.StorageReport.Finding;
import io.rebootless.wire.StorageReport.Scrub;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/** Reads every blob of the store once, slowly, and compares the store with the catalogue. */
@Service
final class Scrubber {
    private static final Logger LOG = LoggerFactory.getLogger(Scrubber.class);
    private static final int BATCH = 500;
    private static final String UPLOAD = "Upload the same bundle again, or restore its file from a backup.";

    /** An upload's file is written minutes, not hours, before its bundle is published. */
    static final Duration GRACE = Duration.ofHours(1);

    private final BlobStore blobs;
    private final Catalog catalog;
    private final Quarantine quarantine;
    private final Clock clock;

    Scrubber(BlobStore blobs, Catalog catalog, Quarantine quarantine, Clock clock) {
        this.blobs = blobs;
        this.catalog = catalog;
        this.quarantine = quarantine;
        this.clock = clock;
    }

    /**
     * Looks at everything. What is rotten or orphaned is set aside, never deleted: a restored database may know it.
     *
     * @throws IOException if the store cannot be read at all
     */
    Scrub scrub() throws IOException {
        Instant started = clock.instant();
        blobs.dropAbandoned();
        var pace = new Pace();
        var findings = new ArrayList<Finding>();
        Set<Sha256> published = new HashSet<>();
        long last = 0;
        for (var batch = catalog.files(last, BATCH); !batch.isEmpty(); batch = catalog.files(last, BATCH)) {
            for (var file : batch) {
                published.add(file.fileDigest());
                Fault fault = look(file.fileDigest(), pace);
                if (fault != null) {
                    findings.add(new Finding(fault, file.fileDigest(), file.publication(), UPLOAD));
                }
                last = file.number();
            }
        }
        findings.addAll(orphans(published, started.minus(GRACE)));
        var result = new Scrub(started, clock.instant(), pace.blobs(), pace.bytes(), List.copyOf(findings));
        for (Finding finding : findings) {
            LOG.error("storage: {} is {}", finding.fileDigest(), finding.fault());
        }
        return result;
    }

    private @Nullable Fault look(Sha256 digest, Pace pace) throws IOException {
        var found = blobs.open(digest);
        if (found.isEmpty()) {
            return Fault.MISSING;
        }
        boolean sound;
        try (var blob = found.get()) {
            sound = Quarantine.sound(blob, digest, pace.next());
        } catch (ClosedByInterruptException | InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            // A disk that cannot read a file any more has lost it, too; it stays, for somebody may rescue it.
            LOG.error("the file of {} cannot be read: {}", digest, e.getMessage());
            return Fault.MISSING;
        }
        return !sound && quarantine.rotten(digest) ? Fault.ROTTEN : null;
    }

    private List<Finding> orphans(Set<Sha256> published, Instant before) throws IOException {
        var orphans = new ArrayList<Finding>();
        for (var stored : blobs.list()) {
            if (!published.contains(stored.digest())
                    && stored.since().isBefore(before)
                    && quarantine.orphaned(stored.digest(), before)) {
                orphans.add(new Finding(
                        Fault.ORPHANED,
                        stored.digest(),
                        null,
                        "It was set aside; remove it there once no backup of the database knows it."));
            }
        }
        return orphans;
    }
}
