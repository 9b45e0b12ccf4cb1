package io.rebootless.agent.transport;

import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** An answer; its body comes while it is read, and only until the exchange's time is over. */
public final class Reply implements Closeable {
    private final Head head;
    private final Body body;
    private final Line line;
    private final Alarm alarm;
    private final Keeper keeper;

    /** Who takes a connection that can carry another exchange. */
    @FunctionalInterface
    interface Keeper {
        void keep(Line line);
    }

    Reply(Head head, Body body, Line line, Alarm alarm, Keeper keeper) {
        this.head = head;
        this.body = body;
        this.line = line;
        this.alarm = alarm;
        this.keeper = keeper;
    }

    /** The body's time begins. */
    void go(Duration silence, Duration whole) throws IOException {
        line.patience(silence);
        alarm.move(whole);
    }

    public int status() {
        return head.status();
    }

    public Optional<String> header(String name) {
        return head.header(name);
    }

    /** The certificates that the other side has shown on this very connection; none without TLS. */
    public List<X509Certificate> certificates() throws IOException {
        return line.certificates();
    }

    /** The bytes as they come. No encoding was asked for, so none is undone. */
    public InputStream body() throws IOException {
        var encoding = header("Content-Encoding").filter(word -> !word.equalsIgnoreCase("identity"));
        if (encoding.isPresent()) {
            throw new IOException("it answers in an encoding that was not asked for");
        }
        return new FilterInputStream(body) {
            @Override
            public int read() throws IOException {
                try {
                    return super.read();
                } catch (IOException e) {
                    throw alarm.explained(e);
                }
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                try {
                    return super.read(bytes, offset, length);
                } catch (IOException e) {
                    throw alarm.explained(e);
                }
            }

            @Override
            public void close() throws IOException {
                Reply.this.close();
            }
        };
    }

    /** Whatever of the body was not read is given up, and the connection with it. */
    @Override
    public void close() throws IOException {
        boolean another = head.version() == 1 && !head.lists("Connection", "close") && body.reusable();
        // First of all: once it is kept, the connection is the next exchange's, and this alarm must not close it.
        boolean quiet = alarm.disarm();
        if (another && quiet) {
            keeper.keep(line);
        } else {
            line.close();
        }
    }
}
