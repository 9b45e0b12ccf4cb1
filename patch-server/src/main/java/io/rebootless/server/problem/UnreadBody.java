package io.rebootless.server.problem;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.coyote.ActionCode;
import org.apache.tomcat.util.net.ApplicationBufferHandler;

/**
 * What nobody has read of a body once the request is answered. A client that sends and does not listen meanwhile gets to
 * read why it was refused only if the rest is read too; Tomcat would do so for as long as a client likes to drip.
 */
final class UnreadBody {
    /** More than any bundle has. */
    private static final long MAX_BYTES = 32 * 1024 * 1024;

    private UnreadBody() {}

    /** Sends the answer, and reads the rest for a while; then hangs up. */
    static void read(Request request, Response response) throws IOException {
        var coyote = request.getCoyoteRequest();
        var read = new AtomicBoolean();
        coyote.action(ActionCode.REQUEST_BODY_FULLY_READ, read);
        if (read.get()) {
            return;
        }
        response.finishResponse();
        long began = System.nanoTime();
        var sink = new Sink();
        try {
            for (long bytes = 0; bytes <= MAX_BYTES; ) {
                int some = coyote.doRead(sink);
                if (some < 0) {
                    return;
                }
                bytes += some;
                if (BodyPace.REFUSED.tooSlow(bytes, Duration.ofNanos(System.nanoTime() - began))) {
                    break;
                }
            }
        } catch (IOException gone) {
            // It hangs up, or has stopped sending.
        }
        coyote.action(ActionCode.CLOSE_NOW, null);
    }

    private static final class Sink implements ApplicationBufferHandler {
        private ByteBuffer buffer = ByteBuffer.allocate(0);

        @Override
        public void setByteBuffer(ByteBuffer bytes) {
            buffer = bytes;
        }

        @Override
        public ByteBuffer getByteBuffer() {
            return buffer;
        }

        @Override
        public void expand(int size) {
            // Nothing is kept.
        }
    }
}
