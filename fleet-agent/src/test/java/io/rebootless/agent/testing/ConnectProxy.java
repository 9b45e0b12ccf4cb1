package io.rebootless.agent.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A proxy that forwards requests and makes tunnels, for those who show the right user and password. */
public final class ConnectProxy implements AutoCloseable {
    private final Listener listener;
    private final @Nullable String credentials;
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private volatile @Nullable String refusal;

    private ConnectProxy(ServerSocket socket, @Nullable String credentials) {
        this.credentials = credentials;
        this.listener = Listener.on(socket, this::serve);
    }

    public static ConnectProxy start() {
        return start(null);
    }

    /** One that wants {@code USER:PASSWORD}. */
    public static ConnectProxy start(@Nullable String credentials) {
        try {
            return new ConnectProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), credentials);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + listener.socket().getLocalPort());
    }

    /** Answers everything with this, such as {@code 403 Forbidden}. */
    public void refuse(String status) {
        refusal = status;
    }

    /** First lines and headers of all that it was asked itself; what goes through a tunnel it does not see. */
    public List<String> heads() {
        return heads;
    }

    public List<String> asked() {
        return heads.stream().map(head -> head.lines().findFirst().orElse("")).toList();
    }

    private void serve(Socket client) throws IOException, InterruptedException {
        String head = head(client);
        heads.add(head);
        var out = client.getOutputStream();
        String secret = credentials == null
                ? ""
                : "Proxy-Authorization: Basic "
                        + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
        if (refusal != null) {
            say(out, "HTTP/1.1 " + refusal + "\r\nContent-Length: 0\r\n\r\n");
        } else if (head.lines().noneMatch(line -> secret.isEmpty() || line.equals(secret))) {
            say(
                    out,
                    "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n"
                            + "Content-Length: 0\r\n\r\n");
        } else if (head.startsWith("CONNECT ")) {
            tunnel(client, head);
        } else {
            forward(client, head);
        }
    }

    private void tunnel(Socket client, String head) throws IOException, InterruptedException {
        String target = head.substring("CONNECT ".length(), head.indexOf(' ', "CONNECT ".length()));
        try (var server = connected(URI.create("http://" + target))) {
            say(client.getOutputStream(), "HTTP/1.1 200 Connection established\r\n\r\n");
            join(client, server);
        }
    }

    /** One request: its line names the whole address, which the server gets without scheme and host. */
    private void forward(Socket client, String head) throws IOException, InterruptedException {
        var target = URI.create(head.split(" ", 3)[1]);
        try (var server = connected(target)) {
            String rest = head.replaceFirst(" http://[^/ ]*", " ").replaceAll("(?m)^Proxy-Authorization:.*\r\n", "");
            say(server.getOutputStream(), rest);
            join(client, server);
        }
    }

    private Socket connected(URI target) throws IOException {
        return listener.opened(new Socket(target.getHost().replaceAll("[\\[\\]]", ""), target.getPort()));
    }

    private void join(Socket one, Socket other) throws IOException, InterruptedException {
        var back = Listener.daemon(() -> copy(other, one));
        copy(one, other);
        other.shutdownOutput();
        back.join(10_000);
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            // Over.
        }
    }

    private static void say(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    /** Byte by byte: what follows belongs to the tunnel. */
    private static String head(Socket client) throws IOException {
        var text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            int c = client.getInputStream().read();
            if (c < 0) {
                throw new IOException("nothing asked");
            }
            text.append((char) c);
        }
        return text.toString();
    }

    @Override
    public void close() {
        listener.close();
    }
}
