package io.rebootless.server.catalog;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.sql.Columns;
import io.rebootless.wire.Publication;
import io.rebootless.wire.PublicationState;
import io.rebootless.wire.Withdrawal;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** One fix across kernel builds: the bundles that carry one publication's name. */
@Service
class Publications {
    private final JdbcClient jdbc;
    private final BundleRows rows;

    Publications(JdbcClient jdbc, BundleRows rows) {
        this.jdbc = jdbc;
        this.rows = rows;
    }

    /**
     * A publication's place in the list.
     *
     * @param first the number of its first bundle, which stays what it is
     */
    record Place(String name, long first) {}

    /** Newest first, by the first bundle of each. */
    @Transactional(readOnly = true)
    public List<Place> list(long before, int limit) {
        return jdbc.sql("""
                        SELECT publication, min(id) AS first FROM bundle
                        GROUP BY publication HAVING min(id) < :before ORDER BY first DESC LIMIT :limit
                        """)
                .param("before", before)
                .param("limit", limit)
                .query((row, number) -> new Place(row.getString("publication"), row.getLong("first")))
                .list();
    }

    @Transactional(readOnly = true)
    public Optional<Publication> find(String name) {
        return summaries(List.of(name)).stream().findFirst();
    }

    /** In the order of the names; those of which nothing is published are left out. */
    @Transactional(readOnly = true)
    public List<Publication> summaries(List<String> names) {
        var bundles = rows.findByPublicationInOrderByIdAsc(names).stream()
                .collect(Collectors.groupingBy(row -> row.publication));
        return names.stream()
                .flatMap(name -> Optional.ofNullable(bundles.get(name)).stream())
                .map(this::summary)
                .toList();
    }

    private Publication summary(List<BundleRow> bundles) {
        BundleRow first = bundles.get(0);
        boolean withdrawn = bundles.stream().allMatch(row -> row.state() == PublicationState.WITHDRAWN);
        return new Publication(
                first.publication,
                withdrawn ? PublicationState.WITHDRAWN : PublicationState.PUBLISHED,
                first.uploadedAt,
                withdrawal(first.publication).orElse(null),
                bundles.stream()
                        .map(row -> new Publication.Build(
                                row.kernel(),
                                row.level,
                                new Sha256(row.identity),
                                new Sha256(row.fileDigest),
                                row.state()))
                        .toList());
    }

    /** That all of it was taken back, and nothing more is published under its name. */
    Optional<Withdrawal> withdrawal(String name) {
        return jdbc.sql("""
                        SELECT withdrawn_at, withdrawn_by, reason FROM publication_withdrawal WHERE publication = :name
                        """)
                .param("name", name)
                .query((row, number) -> new Withdrawal(
                        Columns.instant(row, "withdrawn_at"), row.getString("withdrawn_by"), row.getString("reason")))
                .optional();
    }

    /** Final, too: a second one changes nothing. Answers whether it was the first. */
    boolean withdraw(String name, Withdrawal withdrawal) {
        return jdbc.sql("""
                        INSERT INTO publication_withdrawal (publication, withdrawn_at, withdrawn_by, reason)
                        VALUES (:name, :at, :by, :reason) ON CONFLICT (publication) DO NOTHING
                        """)
                        .param("name", name)
                        .param("at", Columns.column(withdrawal.at()))
                        .param("by", withdrawal.by())
                        .param("reason", withdrawal.reason())
                        .update()
                > 0;
    }
}
