package io.rebootless.server.catalog;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpRange;
import org.springframework.stereotype.Component;

/** Serves a bundle's bytes by their digest (RFC 9110: ETag, conditional requests, one range). They never change. */
@Component
final class BundleDownload {
    private static final int CHUNK = 64 * 1024;

    private final BlobStore blobs;
    private final BundleRows rows;

    BundleDownload(BlobStore blobs, BundleRows rows) {
        this.blobs = blobs;
        this.rows = rows;
    }

    /**
     * A part of the file.
     *
     * @param whole whether it is all of it
     */
    private record Part(long start, long length, boolean whole) {}

    void serve(Sha256 digest, HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!rows.existsByFileDigest(digest.hex())) {
            throw ProblemType.NOT_FOUND.because("There is no bundle with this file digest.");
        }
        String etag = "\"" + digest + "\"";
        if (matches(request.getHeader(HttpHeaders.IF_NONE_MATCH), etag)) {
            headers(response, etag);
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        try (var file = FileChannel.open(blobs.file(digest), StandardOpenOption.READ)) {
            long size = file.size();
            Part part = part(request, etag, size);
            headers(response, etag);
            response.setContentType("application/octet-stream");
            response.setContentLengthLong(part.length());
            if (!part.whole()) {
                response.setStatus(HttpServletResponse.SC_PARTIAL_CONTENT);
                response.setHeader(
                        HttpHeaders.CONTENT_RANGE,
                        "bytes %d-%d/%d".formatted(part.start(), part.start() + part.length() - 1, size));
            }
            if (!HttpMethod.HEAD.matches(request.getMethod())) {
                copy(file, part, response);
            }
        } catch (NoSuchFileException e) {
            throw ProblemType.STORAGE_UNAVAILABLE.because(
                    "The bundle is in the catalogue, but its file is missing on this server.",
                    "Restore the server's bundles directory, or upload the bundle again.");
        }
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

    private static void copy(FileChannel file, Part part, HttpServletResponse response) throws IOException {
        var out = Channels.newChannel(response.getOutputStream());
        var buffer = ByteBuffer.allocate(CHUNK);
        long position = part.start();
        long end = part.start() + part.length();
        while (position < end) {
            buffer.clear().limit((int) Math.min(CHUNK, end - position));
            int read = file.read(buffer, position);
            if (read < 0) {
                throw new IOException("a bundle's file has become shorter while it was sent");
            }
            position += read;
            buffer.flip();
            out.write(buffer);
        }
    }
}
