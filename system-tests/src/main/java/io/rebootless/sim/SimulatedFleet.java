package io.rebootless.sim;

import io.rebootless.kernel.KernelBuild;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.Directive;
import io.rebootless.wire.Directive.Order;
import io.rebootless.wire.Enrollment;
import io.rebootless.wire.EnrollmentRequest;
import io.rebootless.wire.WireJson;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Many hosts, each of which polls every so often, applies for some seconds what it is told to run, and reports. Polls do
 * not hang: that many connections would be a test of this machine.
 */
final class SimulatedFleet implements AutoCloseable {
    private static final int WORKERS = 32;
    private static final int RETRY_MILLIS = 2_000;
    private static final int SLOWEST_APPLY_MILLIS = 8_000;

    private final Servers servers;
    private final Duration interval;
    private final Fate fate;
    private final List<SimulatedHost> hosts = new ArrayList<>();
    private final ScheduledExecutorService workers = Executors.newScheduledThreadPool(WORKERS);
    private final Map<UUID, Map<Long, Instant>> told = new ConcurrentHashMap<>();
    private final Queue<Integer> latencies = new ConcurrentLinkedQueue<>();
    private final AtomicLong unanswered = new AtomicLong();
    private final Random random = new Random();

    /** What becomes of a host that applies a level. */
    interface Fate {
        void of(SimulatedHost host, int number, long level);
    }

    SimulatedFleet(Servers servers, Duration interval, Fate fate) {
        this.servers = servers;
        this.interval = interval;
        this.fate = fate;
    }

    /** Enrols hosts of a kernel build, several at a time. */
    void enroll(int count, KernelBuild kernel, String enrollmentKey) throws InterruptedException {
        var done = new CountDownLatch(count);
        var joined = new SimulatedHost[count];
        var failed = new ConcurrentLinkedQueue<Throwable>();
        for (int i = 0; i < count; i++) {
            int number = i;
            String hostname = "sim-%s-%d".formatted(kernel.buildId().hex().substring(0, 4), i);
            workers.execute(() -> {
                try {
                    joined[number] = enroll(number, hostname, kernel, enrollmentKey);
                } catch (RuntimeException e) {
                    failed.add(e);
                } finally {
                    done.countDown();
                }
            });
        }
        done.await();
        if (!failed.isEmpty()) {
            throw new IllegalStateException(
                    "%d of %d hosts did not join".formatted(failed.size(), count), failed.peek());
        }
        hosts.addAll(List.of(joined));
    }

    private SimulatedHost enroll(int number, String hostname, KernelBuild kernel, String enrollmentKey) {
        var request = new EnrollmentRequest(
                1, enrollmentKey, hostname, UUID.randomUUID().toString().replace("-", ""), kernel, "simulated");
        var answer = servers.send(
                number, "POST", AgentProtocol.ENROLL, "", WireJson.mapper().writeValueAsBytes(request));
        if (answer.statusCode() != 201) {
            throw new IllegalStateException("%d %s".formatted(answer.statusCode(), new String(answer.body())));
        }
        var host = new SimulatedHost(hostname, kernel, WireJson.mapper().readValue(answer.body(), Enrollment.class));
        report(number, host);
        return host;
    }

    /** Has all hosts poll from now on, evenly spread over the interval. */
    void start() {
        for (int i = 0; i < hosts.size(); i++) {
            int number = i;
            long first = interval.toMillis() * i / hosts.size();
            workers.schedule(() -> poll(number), first, TimeUnit.MILLISECONDS);
        }
    }

    private void poll(int number) {
        SimulatedHost host = hosts.get(number);
        long next = interval.toMillis();
        long began = System.nanoTime();
        try {
            var answer = servers.send(
                    number,
                    "GET",
                    AgentProtocol.DIRECTIVE,
                    host.token(),
                    new byte[0],
                    "If-None-Match",
                    host.etag().isEmpty() ? "\"none\"" : host.etag());
            latencies.add((int) TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - began));
            if (answer.statusCode() == 200) {
                var directive = WireJson.mapper().readValue(answer.body(), Directive.class);
                var bundle = directive.order() == Order.RUN ? directive.bundle() : null;
                if (bundle != null) {
                    told.computeIfAbsent(host.id(), id -> new ConcurrentHashMap<>())
                            .putIfAbsent(bundle.level(), Instant.now());
                }
                if (host.told(bundle, answer.headers().firstValue("ETag").orElse("")) && bundle != null) {
                    long level = bundle.level();
                    // Its next poll comes after it has applied it: one thread at a time knows a host.
                    next = random.nextInt(SLOWEST_APPLY_MILLIS);
                    workers.schedule(() -> apply(number, level), next, TimeUnit.MILLISECONDS);
                    return;
                }
            } else if (answer.statusCode() != 304) {
                unanswered.incrementAndGet();
            }
        } catch (UncheckedIOException e) {
            unanswered.incrementAndGet();
        }
        workers.schedule(() -> poll(number), next, TimeUnit.MILLISECONDS);
    }

    private void apply(int number, long level) {
        fate.of(hosts.get(number), number, level);
        reportUntilTaken(number);
    }

    private void reportUntilTaken(int number) {
        try {
            report(number, hosts.get(number));
            workers.schedule(() -> poll(number), interval.toMillis(), TimeUnit.MILLISECONDS);
        } catch (UncheckedIOException | IllegalStateException e) {
            unanswered.incrementAndGet();
            workers.schedule(() -> reportUntilTaken(number), RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void report(int number, SimulatedHost host) {
        var answer = servers.send(
                number,
                "PUT",
                AgentProtocol.REPORT,
                host.token(),
                WireJson.mapper().writeValueAsBytes(host.report()));
        if (answer.statusCode() != 200) {
            throw new IllegalStateException("%d %s".formatted(answer.statusCode(), new String(answer.body())));
        }
    }

    /** When each host was told to run a level for the first time. */
    Map<UUID, Instant> told(long level) {
        var first = new ConcurrentHashMap<UUID, Instant>();
        told.forEach((host, levels) -> {
            Instant at = levels.get(level);
            if (at != null) {
                first.put(host, at);
            }
        });
        return first;
    }

    List<SimulatedHost> hosts() {
        return List.copyOf(hosts);
    }

    /** How long polls took so far, in microseconds, in order. */
    List<Integer> latencies() {
        return latencies.stream().sorted().toList();
    }

    /** How many polls and reports were answered by no server, or by none as they should be. */
    long unanswered() {
        return unanswered.get();
    }

    @Override
    public void close() {
        workers.shutdownNow();
        try {
            workers.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
