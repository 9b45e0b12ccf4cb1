package io.rebootless.server.catalog;

import io.rebootless.bundle.Bundle;
import io.rebootless.bundle.Cve;
import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.BuildId;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.trust.PublisherCertificate;
import io.rebootless.wire.PublicationState;
import io.rebootless.wire.PublishedBundle;
import io.rebootless.wire.Withdrawal;
import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.PrimaryKeyJoinColumn;
import jakarta.persistence.SecondaryTable;
import jakarta.persistence.Table;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A bundle that was accepted. Rows are written once and never changed, but for a withdrawal, which is final. */
@Entity
@Table(name = "bundle")
@SecondaryTable(name = BundleRow.WITHDRAWAL, pkJoinColumns = @PrimaryKeyJoinColumn(name = "bundle_id"))
class BundleRow {
    static final String WITHDRAWAL = "bundle_withdrawal";

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    long id;

    String identity;
    String fileDigest;
    long fileSize;
    long level;
    long floor;
    boolean downgradeSafe;
    String kernelRelease;
    String kernelVersion;
    String machine;
    String buildId;
    String module;
    String publication;
    String title;

    @Nullable
    String effectiveVersion;

    Instant createdAt;
    Instant uploadedAt;
    String manifest;

    @Nullable
    @Column(table = WITHDRAWAL)
    Instant withdrawnAt;

    @Nullable
    @Column(table = WITHDRAWAL)
    String withdrawnBy;

    @Nullable
    @Column(table = WITHDRAWAL, name = "reason")
    String withdrawalReason;

    @ElementCollection
    @CollectionTable(name = "bundle_cve", joinColumns = @JoinColumn(name = "bundle_id"))
    @OrderColumn(name = "position")
    List<CveRow> cves = new ArrayList<>();

    @ElementCollection
    @CollectionTable(name = "bundle_signer", joinColumns = @JoinColumn(name = "bundle_id"))
    @OrderColumn(name = "position")
    List<SignerRow> signers = new ArrayList<>();

    /** One CVE that the level fixes. */
    @Embeddable
    record CveRow(@Column(name = "cve") String cve, String severity) {}

    /** One trusted publisher who has signed. */
    @Embeddable
    record SignerRow(String name, String fingerprint) {}

    /** For JPA. */
    @SuppressWarnings("NullAway.Init")
    protected BundleRow() {}

    BundleRow(Bundle bundle, List<PublisherCertificate> signers, Instant uploadedAt) {
        var header = bundle.header();
        var manifest = bundle.manifest();
        this.identity = bundle.identity().hex();
        this.fileDigest = bundle.fileDigest().hex();
        this.fileSize = bundle.fileSize();
        this.level = header.level();
        this.floor = header.floor();
        this.downgradeSafe = header.downgradeSafe();
        this.kernelRelease = header.kernel().release();
        this.kernelVersion = header.kernel().version();
        this.machine = header.kernel().machine();
        this.buildId = header.kernel().buildId().hex();
        this.module = header.module();
        this.publication = manifest.publication();
        this.title = manifest.title();
        this.effectiveVersion = manifest.effectiveVersion().orElse(null);
        // As the database will give them back.
        this.createdAt = manifest.created().truncatedTo(ChronoUnit.MICROS);
        this.uploadedAt = uploadedAt.truncatedTo(ChronoUnit.MICROS);
        this.manifest = bundle.manifestJson();
        manifest.cves()
                .forEach(cve -> cves.add(new CveRow(cve.id(), cve.severity().word())));
        signers.forEach(signer -> this.signers.add(
                new SignerRow(signer.subject(), signer.fingerprint().hex())));
    }

    KernelBuild kernel() {
        return new KernelBuild(kernelRelease, kernelVersion, machine, new BuildId(buildId));
    }

    /** What the audit log says of it. */
    Map<String, Object> audited() {
        return Map.of(
                "fileDigest", fileDigest,
                "level", level,
                "release", kernelRelease,
                "buildId", buildId,
                "publication", publication,
                "signers", signers.stream().map(SignerRow::fingerprint).toList());
    }

    PublicationState state() {
        return withdrawnAt == null ? PublicationState.PUBLISHED : PublicationState.WITHDRAWN;
    }

    /** Final: to withdraw what is withdrawn changes nothing. */
    void withdraw(Withdrawal withdrawal) {
        if (withdrawnAt == null) {
            withdrawnAt = withdrawal.at().truncatedTo(ChronoUnit.MICROS);
            withdrawnBy = withdrawal.by();
            withdrawalReason = withdrawal.reason();
        }
    }

    private @Nullable Withdrawal withdrawal() {
        return withdrawnAt == null || withdrawnBy == null || withdrawalReason == null
                ? null
                : new Withdrawal(withdrawnAt, withdrawnBy, withdrawalReason);
    }

    PublishedBundle published() {
        return new PublishedBundle(
                new Sha256(identity),
                new Sha256(fileDigest),
                fileSize,
                level,
                floor,
                downgradeSafe,
                kernel(),
                module,
                publication,
                title,
                effectiveVersion,
                createdAt,
                uploadedAt,
                cves.stream()
                        .map(row -> new Cve(row.cve(), Cve.Severity.of(row.severity())))
                        .toList(),
                signers.stream()
                        .map(row -> new PublishedBundle.Signer(row.name(), new Sha256(row.fingerprint())))
                        .toList(),
                state(),
                withdrawal());
    }
}
