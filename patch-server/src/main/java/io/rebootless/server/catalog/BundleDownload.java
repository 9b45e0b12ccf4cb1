package io.rebootless.server.catalog;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.blobs.BlobStore;
import io.rebootless.server.problem.BodyPace;
import io.rebootless.server.problem.HangUp;
import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.wire.PublicationState;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.catalina.connector.ClientAbortException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpRange;
import org.springframework.stereotype.Component;

/** Serves a bundle's bytes by their digest (RFC 9110: ETag, conditional requests, one range). They never change. */
@Component
final class BundleDownload {
    private final BlobStore blobs;
    private final BundleRows rows;
    private final Quarantine quarantine;
    private final ReleaseSource releases;

    BundleDownload(BlobStore blobs, BundleRows rows, Quarantine quarantine, ReleaseSource releases) {
        this.blobs = blobs;
        this.rows = rows;
        this.quarantine = quarantine;
        this.releases = releases;
    }

    /**
     * A part of the file.
     *
     * @param whole whether it is all of it
     */
    private record Part(long start, long length, boolean whole) {}

    /**
     * Answers a download.
     *
     * @param toHost which host asks, if one does: none is ever handed what was withdrawn, or what is in quarantine and
     *     was not settled there
     */
    void serve(Sha256 digest, Optional<UUID> toHost, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        BundleRow row = rows.findByFileDigest(digest.hex())
                .orElseThrow(() -> ProblemType.NOT_FOUND.because("There is no bundle with this file digest."));
        if (toHost.isPresent() && !releases.mayFetch(toHost.get(), new Sha256(row.identity))) {
            throw ProblemType.BUNDLE_QUARANTINED.because(
                    "The bundle is in quarantine and is not given to further hosts.",
                    "Ask for the directive: it names what to run instead.");
        }
        if (toHost.isPresent() && row.state() == PublicationState.WITHDRAWN) {
            throw ProblemType.BUNDLE_WITHDRAWN.because(
                    "The bundle was withdrawn and is not given to hosts any more: " + row.withdrawalReason,
                    "Ask for the directive: it names what to run instead.");
        }
        String etag = "\"" + digest + "\"";
        if (matches(request.getHeader(HttpHeaders.IF_NONE_MATCH), etag)) {
            headers(response, etag);
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        try (var blob = open(digest)) {
            Part part = part(request, etag, blob.size());
            headers(response, etag);
            response.setContentType("application/octet-stream");
            response.setContentLengthLong(part.length());
            if (!part.whole()) {
                response.setStatus(HttpServletResponse.SC_PARTIAL_CONTENT);
                response.setHeader(
                        HttpHeaders.CONTENT_RANGE,
                        "bytes %d-%d/%d".formatted(part.start(), part.start() + part.length() - 1, blob.size()));
            }
            if (!HttpMethod.HEAD.matches(request.getMethod())) {
                send(blob, part, request, response);
            }
        }
    }

    /** Whoever takes it too slowly, or has gone, is hung up on: there is nothing more to say in the middle of a file. */
    private static void send(BlobStore.Blob blob, Part part, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        try {
            blob.copy(
                    part.start(),
                    part.length(),
                    new PacedOutput(response.getOutputStream(), BodyPace.TAKEN, System::nanoTime));
        } catch (ClientAbortException | PacedOutput.TooSlowException e) {
            HangUp.on(request);
        }
    }

    /** Never one whose bytes have changed: they are read through once before the first of them is sent. */
    private BlobStore.Blob open(Sha256 digest) throws IOException {
        BlobStore.Blob blob = blobs.open(digest)
                .orElseThrow(() -> unavailable("The bundle is in the catalogue, but its file is missing."));
        boolean sound = false;
        try {
            sound = Quarantine.sound(blob, digest);
        } finally {
            if (!sound) {
                blob.close();
            }
        }
        if (!sound) {
            quarantine.rotten(digest);
            throw unavailable("The bundle's file has changed on the server's disk, and was set aside.");
        }
        return blob;
    }

    private static ProblemException unavailable(String why) {
        return ProblemType.STORAGE_UNAVAILABLE.because(
                why, "Upload the same bundle again, or restore the server's bundles directory.");
    }

    private static void headers(HttpServletResponse response, String etag) {
        response.setHeader(HttpHeaders.ETAG, etag);
        response.setHeader(HttpHeaders.ACCEPT_RANGES, "bytes");
        response.setHeader(HttpHeaders.CACHE_CONTROL, "private, max-age=31536000, immutable");
    }

    private static Part part(HttpServletRequest request, String etag, long size) {
        var whole = new Part(0, size, true);
        String ifRange = request.getHeader(HttpHeaders.IF_RANGE);
        if (ifRange != null && !ifRange.equals(etag)) {
            return whole;
        }
        Optional<HttpRange> range = range(request.getHeader(HttpHeaders.RANGE), size);
        return range.map(one -> {
                    long start = one.getRangeStart(size);
                    return new Part(start, one.getRangeEnd(size) - start + 1, false);
                })
                .orElse(whole);
    }

    /** The one range asked for. Several at once, and what is not a range of bytes, are answered with the whole file. */
    private static Optional<HttpRange> range(@Nullable String header, long size) {
        if (header == null) {
            return Optional.empty();
        }
        List<HttpRange> ranges;
        try {
            ranges = HttpRange.parseRanges(header);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        if (ranges.size() != 1) {
            return Optional.empty();
        }
        HttpRange range = ranges.get(0);
        if (range.getRangeStart(size) >= size || range.getRangeEnd(size) < range.getRangeStart(size)) {
            throw ProblemType.RANGE_NOT_SATISFIABLE
                    .because(
                            "The range begins behind the file's end.",
                            "bytes 0-" + (size - 1),
                            header,
                            "Fetch it whole.")
                    .with(HttpHeaders.CONTENT_RANGE, "bytes */" + size);
        }
        return Optional.of(range);
    }

    private static boolean matches(@Nullable String ifNoneMatch, String etag) {
        return ifNoneMatch != null
                && Arrays.stream(ifNoneMatch.split(",", -1))
                        .map(String::strip)
                        .anyMatch(one -> one.equals("*") || one.equals(etag) || one.equals("W/" + etag));
    }
}
