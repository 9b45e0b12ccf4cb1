package io.rebootless.server.catalog;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.audit.Actor;
import io.rebootless.server.audit.AuditAction;
import io.rebootless.server.audit.AuditLog;
import io.rebootless.server.blobs.BlobStore;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes blobs out of the store that have no business there. Each is looked at once more in its turn, so that one that is
 * uploaded at this very moment stays.
 */
@Service
public final class Quarantine {
    private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);

    private final BlobStore blobs;
    private final BundleRows rows;
    private final Turns turns;
    private final AuditLog audit;
    private final TransactionTemplate transaction;

    Quarantine(BlobStore blobs, BundleRows rows, Turns turns, AuditLog audit, PlatformTransactionManager transactions) {
        this.blobs = blobs;
        this.rows = rows;
        this.turns = turns;
        this.audit = audit;
        this.transaction = new TransactionTemplate(transactions);
    }

    /** Whether a blob's bytes are those that its name promises. */
    public static boolean sound(BlobStore.Blob blob, Sha256 digest) throws IOException {
        return sound(blob, digest, OutputStream.nullOutputStream());
    }

    /**
     * The same, with somebody who sees the bytes pass.
     *
     * @param witness may slow the reading down
     */
    public static boolean sound(BlobStore.Blob blob, Sha256 digest, OutputStream witness) throws IOException {
        var computed = Sha256.start();
        blob.copy(0, blob.size(), new DigestOutputStream(witness, computed));
        return Sha256.from(computed).equals(digest);
    }

    /** Sets a blob aside whose bytes are not what they were; answers whether they still are not. */
    public boolean rotten(Sha256 digest) throws IOException {
        return inTurn(digest, "its bytes have changed", () -> {
            var blob = blobs.open(digest);
            if (blob.isEmpty()) {
                return false;
            }
            try (var open = blob.get()) {
                return !sound(open, digest);
            }
        });
    }

    /**
     * Sets a blob aside that is no published bundle's; answers whether it still is none's.
     *
     * @param before one written later may belong to an upload under way
     */
    public boolean orphaned(Sha256 digest, Instant before) throws IOException {
        return inTurn(
                digest,
                "no published bundle is this file",
                () -> !rows.existsByFileDigest(digest.hex())
                        && blobs.list().stream()
                                .anyMatch(stored -> stored.digest().equals(digest)
                                        && stored.since().isBefore(before)));
    }

    private interface Look {
        boolean confirms() throws IOException;
    }

    private boolean inTurn(Sha256 digest, String why, Look look) throws IOException {
        try {
            return Objects.requireNonNull(transaction.execute(status -> {
                turns.blob(digest);
                try {
                    if (!look.confirms() || !blobs.setAside(digest)) {
                        return false;
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                audit.record(
                        Actor.server(), AuditAction.STORAGE_BLOB_SET_ASIDE, "blob:" + digest, Map.of("reason", why));
                LOG.error("the file of {} was set aside: {}", digest, why);
                return true;
            }));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
