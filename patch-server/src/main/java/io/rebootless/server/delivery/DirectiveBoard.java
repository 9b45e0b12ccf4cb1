package io.rebootless.server.delivery;

import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.catalog.Catalog;
import io.rebootless.server.catalog.CatalogChanged;
import io.rebootless.server.cluster.Signal;
import io.rebootless.server.delivery.PreparedDirectives.Prepared;
import jakarta.annotation.PreDestroy;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** The directives as they are now, and the polls that hang until theirs changes. */
@Component
class DirectiveBoard implements SmartLifecycle {
    private final JsonMapper json;
    private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();
    private final ExecutorService waker = Executors.newSingleThreadExecutor(task -> {
        var thread = new Thread(task, "directive-waker");
        thread.setDaemon(true);
        return thread;
    });
    private volatile PreparedDirectives directives;
    private volatile boolean open;

    DirectiveBoard(Catalog catalog, JsonMapper json) {
        this.json = json;
        this.directives = new PreparedDirectives(catalog.snapshot(), json);
    }

    Prepared forKernel(KernelBuild kernel) {
        return directives.forKernel(kernel);
    }

    @EventListener
    void changed(CatalogChanged event) {
        directives = new PreparedDirectives(event.snapshot(), json);
        waker.execute(() -> waiters.forEach(this::wakeIfChanged));
    }

    /** What hangs was let in by what the host was then: it is to ask again, and to be told if it has left. */
    @EventListener
    void changed(Signal signal) {
        if (signal.topic() == Signal.Topic.HOST) {
            waker.execute(() -> waiters.stream()
                    .filter(waiter -> waiter.host().toString().equals(signal.id()))
                    .forEach(Waiter::unchanged));
        }
    }

    /** Has a poll hang. A change that came just before it hung wakes it at once. */
    void add(Waiter waiter) {
        waiters.add(waiter);
        wakeIfChanged(waiter);
        if (!open) {
            waiter.unchanged();
        }
    }

    void remove(Waiter waiter) {
        waiters.remove(waiter);
    }

    private void wakeIfChanged(Waiter waiter) {
        Prepared now = forKernel(waiter.kernel());
        if (!now.etag().equals(waiter.etag())) {
            waiter.changed(now);
        }
    }

    @Override
    public void start() {
        open = true;
    }

    /** Before the web server begins to wait for requests under way: no poll keeps a server from stopping. */
    @Override
    public void stop() {
        open = false;
        waiters.forEach(Waiter::unchanged);
    }

    /** Not sooner: an upload that was under way when the server was told to stop is still published. */
    @PreDestroy
    void close() {
        waker.shutdown();
    }

    @Override
    public boolean isRunning() {
        return open;
    }

    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }
}
