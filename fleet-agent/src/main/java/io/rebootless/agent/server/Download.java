package io.rebootless.agent.server;

import java.io.IOException;
import java.io.InputStream;

/**
 * A bundle on its way.
 *
 * @param body the bytes from {@code offset} on
 * @param offset where the server has really begun: 0 if it does not do ranges
 */
public record Download(InputStream body, long offset) implements AutoCloseable {
    @Override
    public void close() throws IOException {
        body.close();
    }
}
