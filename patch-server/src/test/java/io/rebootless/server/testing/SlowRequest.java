package io.rebootless.server.testing;

import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A request whose body comes but for its last byte, until a test has it end. */
public final class SlowRequest implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 30_000;

    private final Socket socket;
    private final byte last;

    private SlowRequest(Socket socket, byte last) {
        this.socket = socket;
        this.last = last;
    }

    /** Begins one; {@code more} are headers, each with its line's end. */
    public static SlowRequest begin(Api api, String method, String path, Object body, String more) throws IOException {
        byte[] bytes = WireJson.mapper().writeValueAsBytes(body);
        return begin(api, method, path, bytes, "Content-Type: application/json\r\n" + more);
    }

    /** The same with a body of any type. */
    public static SlowRequest begin(Api api, String method, String path, byte[] body, String more) throws IOException {
        Socket socket = api.connect(
                "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n%s\r\n"
                        .formatted(method, path, api.key(), body.length, more));
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.getOutputStream().write(body, 0, body.length - 1);
        socket.getOutputStream().flush();
        return new SlowRequest(socket, body[body.length - 1]);
    }

    /** Sends the rest; gives the answer as it is on the wire. */
    public String end() throws IOException {
        socket.getOutputStream().write(last);
        socket.getOutputStream().flush();
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
