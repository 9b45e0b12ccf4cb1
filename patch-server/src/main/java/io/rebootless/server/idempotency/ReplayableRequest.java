package io.rebootless.server.idempotency;

import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.problem.ProblemType;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A request whose body is read once, when somebody first asks for it, and from memory as often as anybody does. */
final class ReplayableRequest extends HttpServletRequestWrapper {
    private static final int MAX_BODY_BYTES = 1024 * 1024;

    private byte @Nullable [] body;

    ReplayableRequest(HttpServletRequest request) {
        super(request);
    }

    /**
     * The whole body.
     *
     * @throws ProblemException if it is too large, or comes too slowly
     */
    byte[] body() throws IOException {
        if (body == null) {
            body = super.getInputStream().readNBytes(MAX_BODY_BYTES + 1);
        }
        if (body.length > MAX_BODY_BYTES) {
            throw ProblemType.TOO_LARGE.because("A JSON body has at most %d bytes.".formatted(MAX_BODY_BYTES));
        }
        return body;
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
        return new Body(body());
    }

    @Override
    public BufferedReader getReader() throws IOException {
        return new BufferedReader(new InputStreamReader(getInputStream(), StandardCharsets.UTF_8));
    }

    private static final class Body extends ServletInputStream {
        private final ByteArrayInputStream bytes;

        Body(byte[] bytes) {
            this.bytes = new ByteArrayInputStream(bytes);
        }

        @Override
        public int read() {
            return bytes.read();
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            return bytes.read(buffer, offset, length);
        }

        @Override
        public boolean isFinished() {
            return bytes.available() == 0;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new IllegalStateException("the body is in memory: there is nothing to wait for");
        }
    }
}
