package io.rebootless.guest;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The host's end of one command channel; the protocol is told in {@code channel}, the guest's end.
 *
 * <p>It goes over virtio-serial rather than a network, which a test may want to cut, or a serial port, which loses bytes
 * when the guest is slow.
 */
final class Channel implements Closeable {
    private static final int CHUNK = 1 << 16;

    private final SocketChannel socket;
    private final Selector selector;
    private final SelectionKey key;

    Channel(SocketChannel socket) throws IOException {
        this.socket = socket;
        socket.configureBlocking(false);
        selector = Selector.open();
        key = socket.register(selector, 0);
    }

    /**
     * Has a command run.
     *
     * @param limit after which the guest kills the command
     * @throws EOFException when the guest's machine is no more
     * @throws GuestTimeout when there is no answer; the channel is then of no more use
     */
    Result exchange(byte[] script, byte[] input, Duration limit, Deadline deadline) throws IOException {
        String head = "%d %d %d%n".formatted(Math.max(1, limit.toSeconds()), script.length, input.length);
        write(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)), deadline);
        write(ByteBuffer.wrap(script), deadline);
        readLine(deadline);
        write(ByteBuffer.wrap(input), deadline);

        String[] answer = readLine(deadline).split(" ", 3);
        byte[] out = read(Integer.parseInt(answer[1]), deadline);
        byte[] err = read(Integer.parseInt(answer[2]), deadline);
        return new Result(Integer.parseInt(answer[0]), out, err);
    }

    private void write(ByteBuffer bytes, Deadline deadline) throws IOException {
        while (bytes.hasRemaining()) {
            await(SelectionKey.OP_WRITE, deadline);
            ByteBuffer chunk = bytes.slice(bytes.position(), Math.min(CHUNK, bytes.remaining()));
            bytes.position(bytes.position() + socket.write(chunk));
        }
    }

    private String readLine(Deadline deadline) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (byte b = read(1, deadline)[0]; b != '\n'; b = read(1, deadline)[0]) {
            line.write(b);
        }
        return line.toString(StandardCharsets.US_ASCII);
    }

    private byte[] read(int length, Deadline deadline) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            await(SelectionKey.OP_READ, deadline);
            if (socket.read(bytes) < 0) {
                throw new EOFException("the guest's machine is gone");
            }
        }
        return bytes.array();
    }

    private void await(int operation, Deadline deadline) throws IOException {
        key.interestOps(operation);
        do {
            if (Thread.currentThread().isInterrupted()) {
                throw Deadline.interrupted();
            }
            long left = deadline.millisLeft();
            if (left == 0) {
                throw new GuestTimeout("The guest gave no answer within " + deadline.allowed());
            }
            selector.select(left);
        } while (selector.selectedKeys().isEmpty());
        selector.selectedKeys().clear();
    }

    @Override
    public void close() throws IOException {
        selector.close();
        socket.close();
    }
}
