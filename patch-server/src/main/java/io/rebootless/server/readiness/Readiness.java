package io.rebootless.server.readiness;

import io.rebootless.server.readiness.ReadinessRule.Finding;
import io.rebootless.server.readiness.ReadinessRule.Verdict;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Asks every part on a thread of its own, so that one that hangs keeps neither the others nor a request waiting. Whoever
 * asks for {@code /healthz/ready} gets what was found last: strangers cannot make the database work.
 */
@Component("server")
final class Readiness implements HealthIndicator, SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);

    private static final int EVERY_SECONDS = 2;
    private static final Duration START = Duration.ofSeconds(10);
    private static final int START_PAUSE_MILLIS = 50;

    private final List<ReadinessCheck> checks;
    private final Clock clock;
    private final Map<String, Finding> findings = new ConcurrentHashMap<>();
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();
    private final ExecutorService askers = Executors.newCachedThreadPool(daemons("readiness"));
    private final ScheduledExecutorService clockwork =
            Executors.newSingleThreadScheduledExecutor(daemons("readiness-clock"));
    private volatile boolean running;
    private volatile Verdict told = new Verdict(true, Map.of());

    Readiness(List<ReadinessCheck> checks, Clock clock) {
        this.checks = List.copyOf(checks);
        this.clock = clock;
    }

    @Override
    public Health health() {
        Verdict verdict = ReadinessRule.judge(findings, clock.instant());
        return (verdict.ready() ? Health.up() : Health.down())
                .withDetails(verdict.parts())
                .build();
    }

    /** Nobody is to find a server that takes requests unready only because it has just begun to be one. */
    @Override
    public void start() {
        long deadline = System.nanoTime() + START.toNanos();
        do {
            checks.forEach(check -> findings.put(check.part(), answer(check)));
            told = ReadinessRule.judge(findings, clock.instant());
        } while (!told.ready() && System.nanoTime() < deadline && paused());
        if (!told.ready()) {
            LOG.error("not ready: {}", told.parts());
        }
        running = true;
        var unused = clockwork.scheduleWithFixedDelay(this::ask, EVERY_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
    }

    private static boolean paused() {
        try {
            TimeUnit.MILLISECONDS.sleep(START_PAUSE_MILLIS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void ask() {
        for (ReadinessCheck check : checks) {
            if (underWay.add(check.part())) {
                askers.execute(() -> {
                    try {
                        findings.put(check.part(), answer(check));
                    } finally {
                        underWay.remove(check.part());
                    }
                });
            }
        }
        tell(ReadinessRule.judge(findings, clock.instant()));
    }

    private Finding answer(ReadinessCheck check) {
        Optional<String> fault;
        try {
            fault = check.fault();
        } catch (Exception e) {
            LOG.debug("{} cannot be looked at", check.part(), e);
            fault = Optional.of(
                    String.valueOf(e.getMessage()).lines().findFirst().orElse("failed"));
        }
        return new Finding(clock.instant(), fault);
    }

    /** Once for each change between ready and not. */
    private void tell(Verdict verdict) {
        if (verdict.ready() != told.ready()) {
            if (verdict.ready()) {
                LOG.info("ready again");
            } else {
                LOG.error("not ready: {}", verdict.parts());
            }
        }
        told = verdict;
    }

    @Override
    public void stop() {
        running = false;
        clockwork.shutdownNow();
        askers.shutdownNow();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private static ThreadFactory daemons(String name) {
        return task -> {
            var thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** After the link to the other servers, before the web server. */
    @Override
    public int getPhase() {
        return 1;
    }
}
