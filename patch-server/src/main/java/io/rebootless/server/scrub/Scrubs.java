package io.rebootless.server.scrub;

import io.rebootless.server.settings.Settings;
import io.rebootless.wire.StorageReport;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Service;

/**
 * Scrubs from time to time and on demand, one at a time, on a thread of its own: it takes hours where there is much, and
 * nothing waits for it.
 */
@Service
class Scrubs implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Scrubs.class);

    /** A server that is restarted every day scrubs all the same. */
    private static final Duration AFTER_START = Duration.ofMinutes(10);

    private final Scrubber scrubber;
    private final Duration every;
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1, task -> {
        var scrub = new Thread(task, "scrub");
        scrub.setDaemon(true);
        return scrub;
    });
    private StorageReport report = new StorageReport(false, null, null);
    private volatile boolean open;

    Scrubs(Scrubber scrubber, Settings settings) {
        this.scrubber = scrubber;
        this.every = settings.scrub().every();
    }

    synchronized StorageReport report() {
        return report;
    }

    /** Begins one now, unless one is under way. */
    synchronized StorageReport begin() {
        if (!report.running()) {
            report = new StorageReport(true, report.last(), null);
            thread.execute(this::run);
        }
        return report;
    }

    private void run() {
        try {
            var result = scrubber.scrub();
            finished(new StorageReport(false, result, null));
        } catch (IOException | RuntimeException e) {
            if (open) {
                LOG.error("the bundles' files could not be scrubbed: {}", e.getMessage());
            }
            finished(new StorageReport(
                    false,
                    report().last(),
                    "The server's log says why: " + e.getClass().getSimpleName()));
        }
    }

    private synchronized void finished(StorageReport result) {
        report = result;
    }

    @Override
    public void start() {
        open = true;
        if (!every.isZero()) {
            long first = Math.min(AFTER_START.toMillis(), every.toMillis());
            var unused = thread.scheduleWithFixedDelay(this::begin, first, every.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void stop() {
        open = false;
        thread.shutdownNow();
    }

    @Override
    public boolean isRunning() {
        return open;
    }
}
