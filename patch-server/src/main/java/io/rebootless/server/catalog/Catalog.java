package io.rebootless.server.catalog;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.cluster.Link;
import io.rebootless.server.cluster.LinkRestored;
import io.rebootless.server.cluster.Signal;
import io.rebootless.server.cluster.Signal.Topic;
import io.rebootless.server.sql.Columns;
import io.rebootless.wire.BundleReference;
import jakarta.annotation.PreDestroy;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What the rest of the server may ask the catalogue. The snapshot is swapped whole; readers never wait. */
@Service
public final class Catalog {
    private static final Logger LOG = LoggerFactory.getLogger(Catalog.class);

    private final JdbcClient jdbc;
    private final TransactionTemplate consistent;
    private final ApplicationEventPublisher events;
    private final Link link;
    private final ReleaseSource releases;
    private final AtomicBoolean due = new AtomicBoolean();
    private final ExecutorService reader = Executors.newSingleThreadExecutor(task -> {
        var thread = new Thread(task, "catalog-reader");
        thread.setDaemon(true);
        return thread;
    });
    private volatile CatalogSnapshot snapshot;

    Catalog(
            JdbcClient jdbc,
            PlatformTransactionManager transactions,
            ApplicationEventPublisher events,
            Link link,
            ReleaseSource releases) {
        this.jdbc = jdbc;
        this.events = events;
        this.link = link;
        this.releases = releases;
        this.consistent = new TransactionTemplate(transactions);
        this.consistent.setReadOnly(true);
        this.consistent.setIsolationLevel(TransactionTemplate.ISOLATION_REPEATABLE_READ);
        new TransactionTemplate(transactions).executeWithoutResult(status -> jumpAhead());
        releases.bringUpToDate();
        this.snapshot = load();
    }

    /**
     * Takes the generation past every one that was ever given out, this database's earlier life before a restored backup
     * included: agents ignore a lower one. A catalogue does not change more than once a second, so the clock will do.
     */
    private void jumpAhead() {
        // A number drawn before its turn came could be lower than what another server commits meanwhile.
        jdbc.sql("SELECT generation FROM catalog_state FOR UPDATE")
                .query(Long.class)
                .single();
        jdbc.sql("""
                        UPDATE catalog_state SET generation = (SELECT setval('directive_generation',
                            greatest(nextval('directive_generation'), extract(epoch FROM now())::bigint)))
                        """).update();
    }

    public CatalogSnapshot snapshot() {
        return snapshot;
    }

    /** All that is published about a CVE, read from the database. */
    public CveCoverage coverage(String cve) {
        record Row(Sha256 identity, long level, KernelBuild kernel, boolean withdrawn) {}
        List<Row> rows = jdbc.sql("""
                        SELECT b.identity, b.level, b.kernel_release, b.kernel_version, b.machine, b.build_id,
                               w.bundle_id IS NOT NULL AS withdrawn
                        FROM bundle_cve c JOIN bundle b ON b.id = c.bundle_id
                        LEFT JOIN bundle_withdrawal w ON w.bundle_id = b.id
                        WHERE c.cve = :cve
                        """)
                .param("cve", cve)
                .query((row, number) -> new Row(
                        new Sha256(row.getString("identity")),
                        row.getLong("level"),
                        Columns.kernel(row),
                        row.getBoolean("withdrawn")))
                .list();
        var bundles = new HashMap<Sha256, Long>();
        var kernels = new HashSet<KernelBuild>();
        var withdrawn = new HashMap<Sha256, Long>();
        for (Row row : rows) {
            if (row.withdrawn()) {
                withdrawn.put(row.identity(), row.level());
            } else {
                bundles.put(row.identity(), row.level());
                kernels.add(row.kernel());
            }
        }
        return new CveCoverage(bundles, kernels, withdrawn);
    }

    /**
     * A published bundle's file.
     *
     * @param number grows from bundle to bundle
     */
    public record Filed(long number, Sha256 fileDigest, String publication) {}

    /** The files that must be in the store, withdrawn ones included, in the order of their numbers. */
    public List<Filed> files(long after, int limit) {
        return jdbc.sql("SELECT id, file_digest, publication FROM bundle WHERE id > :after ORDER BY id LIMIT :limit")
                .param("after", after)
                .param("limit", limit)
                .query((row, number) -> new Filed(
                        row.getLong("id"), new Sha256(row.getString("file_digest")), row.getString("publication")))
                .list();
    }

    /** Brings the snapshot up to date and tells everybody if that has changed it. */
    synchronized void refresh() {
        long generation = generation();
        if (generation != snapshot.generation()) {
            releases.bringUpToDate();
            CatalogSnapshot fresh = load();
            snapshot = fresh;
            events.publishEvent(new CatalogChanged(fresh));
        }
    }

    /**
     * The same once the change is committed, which it is already unless the whole request is one transaction: hosts are
     * told nothing that may still be taken back, for they never forget a generation.
     */
    public void refreshOnceCommitted() {
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            refresh();
            return;
        }
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                readSoon();
            }
        });
    }

    /** The database tells of every new generation, whichever server it comes from. */
    @EventListener
    void on(Signal signal) {
        if (signal.topic() == Topic.CATALOG) {
            readSoon();
        }
    }

    @EventListener(LinkRestored.class)
    void readSoon() {
        due.set(true);
        reader.execute(this::readIfDue);
    }

    /** Should a signal be lost all the same. */
    @Scheduled(fixedDelay = 30, timeUnit = TimeUnit.SECONDS)
    void poll() {
        due.set(true);
    }

    /** Again if reading failed, and on as before there were signals while none are heard. */
    @Scheduled(fixedDelay = 2, timeUnit = TimeUnit.SECONDS)
    void retry() {
        if (!link.up()) {
            due.set(true);
        }
        readIfDue();
    }

    private void readIfDue() {
        if (due.getAndSet(false)) {
            try {
                refresh();
            } catch (DataAccessException | TransactionException e) {
                due.set(true);
                LOG.warn("the catalogue cannot be read, polls are answered from memory: {}", e.getMessage());
            }
        }
    }

    @PreDestroy
    void stop() {
        reader.shutdownNow();
    }

    private long generation() {
        return jdbc.sql("SELECT generation FROM catalog_state")
                .query(Long.class)
                .single();
    }

    private CatalogSnapshot load() {
        var loaded = consistent.execute(status -> CatalogSnapshot.of(
                generation(), jdbc.sql("""
                                SELECT b.identity, b.file_digest, b.file_size, b.level, b.publication, b.uploaded_at,
                                       b.kernel_release, b.kernel_version, b.machine, b.build_id,
                                       w.bundle_id IS NOT NULL AS withdrawn
                                FROM bundle b LEFT JOIN bundle_withdrawal w ON w.bundle_id = b.id
                                """).query((row, number) -> entry(row)).list(), releases.read()));
        if (loaded == null) {
            throw new IllegalStateException("no catalogue");
        }
        return loaded;
    }

    private static CatalogSnapshot.Entry entry(ResultSet row) throws SQLException {
        return new CatalogSnapshot.Entry(
                Columns.kernel(row),
                new BundleReference(
                        new Sha256(row.getString("identity")),
                        new Sha256(row.getString("file_digest")),
                        row.getLong("file_size"),
                        row.getLong("level"),
                        row.getString("publication")),
                Columns.instant(row, "uploaded_at"),
                row.getBoolean("withdrawn"));
    }
}
