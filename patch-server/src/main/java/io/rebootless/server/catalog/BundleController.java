package io.rebootless.server.catalog;

import io.rebootless.bundle.BundleFormat;
import io.rebootless.bundle.Cve;
import io.rebootless.bundle.RefusedException;
import io.rebootless.bundle.Sha256;
import io.rebootless.server.access.Caller;
import io.rebootless.server.access.Role;
import io.rebootless.server.problem.Answers;
import io.rebootless.server.problem.Paging;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.Page;
import io.rebootless.wire.PublishedBundle;
import io.rebootless.wire.Withdrawal;
import io.rebootless.wire.WithdrawalRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.apache.catalina.connector.ClientAbortException;
import org.springframework.data.domain.Limit;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Upload, list, download and withdrawal of bundles. */
@RestController
@RequestMapping("/api/v1/bundles")
class BundleController {
    static final int MAX_UPLOADS = 8;

    private final Publishing publishing;
    private final BundleRows rows;
    private final BundleDownload download;
    private final DownloadLimits downloads;
    private final Withdrawing withdrawing;
    private final Clock clock;
    private final Semaphore uploads = new Semaphore(MAX_UPLOADS);

    BundleController(
            Publishing publishing,
            BundleRows rows,
            BundleDownload download,
            DownloadLimits downloads,
            Withdrawing withdrawing,
            Clock clock) {
        this.publishing = publishing;
        this.rows = rows;
        this.download = download;
        this.downloads = downloads;
        this.withdrawing = withdrawing;
        this.clock = clock;
    }

    /** Publishes a bundle: the file is the body. The same file again is answered 200. */
    @Answers(
            value = {201, 200},
            problems = {
                ProblemType.LEVEL_CONFLICT,
                ProblemType.LEVEL_NOT_ABOVE_PUBLISHED,
                ProblemType.KERNEL_CONFLICT,
                ProblemType.PUBLICATION_WITHDRAWN,
                ProblemType.TOO_LARGE,
                ProblemType.SIGNER_EXPIRED,
                ProblemType.CVE_DROPPED,
                ProblemType.TOO_MANY_UPLOADS,
                ProblemType.NO_PUBLISHERS,
                ProblemType.STORAGE_FULL
            },
            refusals = true,
            gives = "Location")
    @PostMapping(consumes = MediaType.APPLICATION_OCTET_STREAM_VALUE)
    ResponseEntity<PublishedBundle> upload(HttpServletRequest request) throws IOException, RefusedException {
        if (request.getContentLengthLong() > BundleFormat.MAX_FILE_BYTES) {
            throw ProblemType.TOO_LARGE.because(
                    "No bundle is that large.",
                    "at most %d bytes".formatted(BundleFormat.MAX_FILE_BYTES),
                    "%d bytes".formatted(request.getContentLengthLong()),
                    "Upload one bundle (.rlb) as the body.");
        }
        if (!uploads.tryAcquire()) {
            throw ProblemType.TOO_MANY_UPLOADS
                    .because("%d uploads are under way.".formatted(MAX_UPLOADS), "Try again in a few seconds.")
                    .with("Retry-After", "5");
        }
        try {
            var outcome = publishing.publish(request.getInputStream());
            var address = URI.create(AgentProtocol.BUNDLES + outcome.bundle().fileDigest());
            return (outcome.fresh()
                            ? ResponseEntity.created(address)
                            : ResponseEntity.ok().location(address))
                    .body(outcome.bundle());
        } catch (ClientAbortException e) {
            throw ProblemType.BAD_REQUEST.because("The upload ended before its announced length.");
        } finally {
            uploads.release();
        }
    }

    /** Takes a bundle back, by identity or file digest, for good. */
    @PostMapping(
            path = "/{digest}/withdrawal",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    PublishedBundle withdraw(
            @AuthenticationPrincipal Caller caller,
            @PathVariable("digest") String digest,
            @RequestBody WithdrawalRequest request) {
        return withdrawing.bundle(parse(digest), new Withdrawal(clock.instant(), caller.name(), request.reason()));
    }

    /** Lists the published bundles, the newest first. */
    @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    @Transactional(readOnly = true)
    Page<PublishedBundle> list(
            @RequestParam(name = "publication", defaultValue = "") String publication,
            @RequestParam(name = "release", defaultValue = "") String release,
            @RequestParam(name = "buildId", defaultValue = "") String buildId,
            @RequestParam(name = "state", defaultValue = "") String state,
            @RequestParam(name = "publisher", defaultValue = "") String publisher,
            @RequestParam(name = "cve", defaultValue = "") String cve,
            @RequestParam(name = "limit", defaultValue = Paging.DEFAULT_LIMIT) int limit,
            @RequestParam(name = "cursor", defaultValue = "") String cursor) {
        Paging.checkLimit(limit);
        if (!cve.isEmpty() && !Cve.isId(cve)) {
            throw Paging.bad("cve", cve, "CVE-YYYY-NNNN", "Correct the CVE's name.");
        }
        if (!Set.of("", "published", "withdrawn").contains(state)) {
            throw Paging.bad("state", state, "published or withdrawn", "Correct it, or leave it out.");
        }
        long before = cursor.isEmpty() ? Long.MAX_VALUE : Paging.number(cursor);
        var found = rows.list(
                before,
                Paging.clean("publication", publication),
                Paging.clean("release", release),
                Paging.clean("buildId", buildId),
                state,
                Paging.clean("publisher", publisher),
                cve,
                Limit.of(limit + 1));
        return Paging.page(found, limit, BundleRow::published, last -> Paging.cursor(Long.toString(last.id)));
    }

    /** Shows a published bundle, by its identity or its file digest. */
    @GetMapping(path = "/{digest}/info", produces = MediaType.APPLICATION_JSON_VALUE)
    @Transactional(readOnly = true)
    PublishedBundle info(@PathVariable("digest") String digest) {
        return row(digest).published();
    }

    /** The manifest as the publisher wrote it, with the fields that this version does not know. */
    @GetMapping(path = "/{digest}/manifest", produces = MediaType.APPLICATION_JSON_VALUE)
    byte[] manifest(@PathVariable("digest") String digest) {
        return row(digest).manifest.getBytes(StandardCharsets.UTF_8);
    }

    /** Gives a bundle's bytes by the digest of its file; they never change. */
    @Answers(
            value = {200, 206, 304},
            problems = {
                ProblemType.RANGE_NOT_SATISFIABLE,
                ProblemType.BUNDLE_WITHDRAWN,
                ProblemType.BUNDLE_QUARANTINED,
                ProblemType.TOO_MANY_DOWNLOADS
            },
            media = MediaType.APPLICATION_OCTET_STREAM_VALUE,
            takes = {"Range", "If-Range", "If-None-Match"},
            gives = {"ETag", "Accept-Ranges", "Content-Range", "Cache-Control"})
    @RequestMapping(
            path = "/{digest}",
            method = {RequestMethod.GET, RequestMethod.HEAD})
    @SuppressWarnings("try") // The place is held, not used.
    void download(
            @AuthenticationPrincipal Caller caller,
            @PathVariable("digest") String digest,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        Sha256 wanted = parse(digest);
        try (var place = downloads.admit(caller.uuid())) {
            var host = caller.role() == Role.HOST ? Optional.of(caller.uuid()) : Optional.<UUID>empty();
            download.serve(wanted, host, request, response);
        }
    }

    private BundleRow row(String digest) {
        return rows.findByEitherDigest(parse(digest).hex())
                .orElseThrow(() -> ProblemType.NOT_FOUND.because("There is no bundle with this digest."));
    }

    private static Sha256 parse(String digest) {
        try {
            return new Sha256(digest);
        } catch (IllegalArgumentException e) {
            throw ProblemType.NOT_FOUND.because("There is no bundle with this digest: " + e.getMessage());
        }
    }
}
