package io.rebootless.agent.transport;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Addresses of a host, in time. The system's resolver cannot be told how long it may take, nor be stopped: it runs beside,
 * and one that hangs is waited for again rather than joined by another.
 */
final class Names {
    /** No host needs more; a name server that lies must not keep the agent busy for hours. */
    private static final int MAX_ADDRESSES = 8;

    private final Lookup lookup;
    private @Nullable Asked asked;
    private @Nullable InetAddress good;

    /** Where addresses come from. */
    @FunctionalInterface
    interface Lookup {
        InetAddress[] of(String host) throws UnknownHostException;
    }

    private record Asked(String host, FutureTask<InetAddress[]> answer) {}

    Names(Lookup lookup) {
        this.lookup = lookup;
    }

    /** The one that worked last comes first. */
    List<InetAddress> of(String host, Duration limit) throws IOException {
        var found = new ArrayList<>(List.of(ask(host, limit)));
        if (good != null && found.remove(good)) {
            found.add(0, good);
        }
        return found.subList(0, Math.min(found.size(), MAX_ADDRESSES));
    }

    void worked(InetAddress address) {
        good = address;
    }

    private InetAddress[] ask(String host, Duration limit) throws IOException {
        var question = asked != null && asked.host().equals(host) ? asked : start(host);
        try {
            var answer = question.answer().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            asked = null;
            return answer;
        } catch (TimeoutException e) {
            throw new SocketTimeoutException(
                    "the name servers do not say in time what the address of %s is".formatted(host));
        } catch (ExecutionException e) {
            asked = null;
            throw new UnknownHostException(host);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while asking for the address of " + host);
        }
    }

    private Asked start(String host) {
        var question = new Asked(host, new FutureTask<>(() -> lookup.of(host)));
        var thread = new Thread(question.answer(), "name-lookup");
        thread.setDaemon(true);
        thread.start();
        asked = question;
        return question;
    }
}
