package io.rebootless.server.catalog;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;
import org.springframework.data.repository.query.Param;

interface BundleRows extends Repository<BundleRow, Long> {
    BundleRow saveAndFlush(BundleRow row);

    Optional<BundleRow> findByFileDigest(String fileDigest);

    @Query("select b from BundleRow b where b.identity = :digest or b.fileDigest = :digest")
    Optional<BundleRow> findByEitherDigest(@Param("digest") String digest);

    Optional<BundleRow> findByBuildIdAndLevel(String buildId, long level);

    Optional<BundleRow> findFirstByBuildIdOrderByLevelDesc(String buildId);

    /** The newest that was not withdrawn. */
    Optional<BundleRow> findFirstByBuildIdAndWithdrawnAtIsNullOrderByLevelDesc(String buildId);

    List<BundleRow> findByPublicationInOrderByIdAsc(Collection<String> publications);

    boolean existsByFileDigest(String fileDigest);

    /** Newest first; an empty filter lets everything through. */
    @Query("""
            select b from BundleRow b
            where b.id < :before
              and (:publication = '' or b.publication = :publication)
              and (:release = '' or b.kernelRelease = :release)
              and (:buildId = '' or b.buildId = :buildId)
              and (:state = '' or (:state = 'published' and b.withdrawnAt is null)
                   or (:state = 'withdrawn' and b.withdrawnAt is not null))
              and (:publisher = '' or exists (select 1 from BundleRow other join other.signers s
                   where other = b and (s.name = :publisher or s.fingerprint = :publisher)))
              and (:cve = '' or exists (select 1 from BundleRow other join other.cves c where other = b and c.cve = :cve))
            order by b.id desc
            """)
    List<BundleRow> list(
            @Param("before") long before,
            @Param("publication") String publication,
            @Param("release") String release,
            @Param("buildId") String buildId,
            @Param("state") String state,
            @Param("publisher") String publisher,
            @Param("cve") String cve,
            Limit limit);
}
