package io.rebootless.agent.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** Asks and hears, one exchange at a time; keeps one connection open, to the server at home. Not shared by threads. */
public final class Transport {
    /** Beyond this a firewall in between may have forgotten the connection, and would not say so. */
    private static final Duration LONGEST_REST = Duration.ofSeconds(30);

    private static final int MAX_INTERIM = 5;

    private final Origin home;
    private final Dialer dialer;
    private final Duration connecting;
    private @Nullable Kept kept;

    private record Kept(Line line, SSLSocketFactory tls, long since) {}

    /** A connection that was kept has been closed at the other end meanwhile: another one is made. */
    private static final class StaleException extends IOException {
        private static final long serialVersionUID = 1;

        StaleException(@Nullable Throwable cause) {
            super("the connection was closed meanwhile", cause);
        }
    }

    /**
     * Connects when there is something to ask.
     *
     * @param connect for a name's addresses, and for a connection to one of them; three times that with proxy and TLS
     */
    public Transport(Origin home, Routes routes, Duration connect, String userAgent) {
        this(home, routes, connect, userAgent, InetAddress::getAllByName);
    }

    Transport(Origin home, Routes routes, Duration connect, String userAgent, Names.Lookup lookup) {
        this.home = home;
        this.dialer = new Dialer(routes, new Names(lookup), connect, userAgent);
        this.connecting = connect.multipliedBy(3);
    }

    /**
     * Asks. The caller closes the answer.
     *
     * @param tls who is believed
     * @param first for the answer up to its body, once there is a connection
     * @param silence at most between two bytes of the body
     * @param whole for all of the body
     */
    public Reply exchange(Request request, SSLSocketFactory tls, Duration first, Duration silence, Duration whole)
            throws IOException {
        var origin = Origin.of(request.target());
        var alarm = Alarm.in(connecting);
        Reply reply = null;
        try {
            reply = ask(request, origin, tls, first, alarm);
            reply.go(silence, whole);
            return reply;
        } catch (IOException e) {
            throw alarm.explained(e);
        } finally {
            if (reply == null) {
                alarm.close();
            }
        }
    }

    private Reply ask(Request request, Origin origin, SSLSocketFactory tls, Duration first, Alarm alarm)
            throws IOException {
        var before = take(origin, tls);
        if (before.isPresent()) {
            try {
                return hear(request, origin, before.get(), tls, first, alarm, true);
            } catch (StaleException e) {
                alarm.move(connecting);
            }
        }
        return hear(request, origin, dialer.dial(origin, tls, alarm), tls, first, alarm, false);
    }

    private Reply hear(
            Request request,
            Origin origin,
            Line line,
            SSLSocketFactory tls,
            Duration first,
            Alarm alarm,
            boolean reused)
            throws IOException {
        boolean heard = false;
        try {
            alarm.guard(line);
            alarm.move(first);
            line.patience(first);
            begin(request.bytes(origin, line.forwarder()), line, alarm, reused);
            var head = Head.read(line.in());
            for (int interim = 0; head.status() < 200; interim++) {
                if (head.status() == 101 || interim == MAX_INTERIM) {
                    throw new IOException("what comes is no HTTP answer");
                }
                head = Head.read(line.in());
            }
            if (head.status() == 407 && line.forwarder().isPresent()) {
                throw line.forwarder().get().refusal(head, origin.authority());
            }
            var body = Body.after(head, line.in());
            heard = true;
            return new Reply(head, body, line, alarm, freed -> keep(freed, origin, tls));
        } finally {
            if (!heard) {
                line.close();
            }
        }
    }

    private static void begin(byte[] request, Line line, Alarm alarm, boolean reused) throws IOException {
        try {
            line.out().write(request);
            line.out().flush();
            if (!reused || line.answered()) {
                return;
            }
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            throw reused && !alarm.rang() ? new StaleException(e) : e;
        }
        throw new StaleException(null);
    }

    private Optional<Line> take(Origin origin, SSLSocketFactory tls) throws IOException {
        var at = kept;
        if (at == null || !origin.equals(home)) {
            return Optional.empty();
        }
        kept = null;
        boolean rested = System.nanoTime() - at.since() > LONGEST_REST.toNanos();
        if (rested || !at.tls().equals(tls)) {
            at.line().close();
            return Optional.empty();
        }
        return Optional.of(at.line());
    }

    private void keep(Line line, Origin origin, SSLSocketFactory tls) {
        try {
            if (kept == null && origin.equals(home) && !line.unasked()) {
                kept = new Kept(line, tls, System.nanoTime());
            } else {
                line.close();
            }
        } catch (IOException e) {
            // A connection that cannot even be closed is of no use to anyone.
        }
    }
}
