package io.rebootless.server.delivery;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.catalog.Catalog;
import io.rebootless.server.catalog.CatalogChanged;
import io.rebootless.server.catalog.CatalogSnapshot;
import io.rebootless.server.cluster.Signal;
import io.rebootless.server.delivery.DirectiveRule.Told;
import io.rebootless.server.delivery.PreparedDirectives.Prepared;
import io.rebootless.server.fleet.KnownHost;
import io.rebootless.server.rollout.HandOver;
import io.rebootless.wire.Directive;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import tools.jackson.databind.json.JsonMapper;

/** What hosts are told now, and the polls that hang until that changes. */
@Component
class DirectiveBoard implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(DirectiveBoard.class);

    /** So many hosts are taken down to be handed a bundle at once; the first of them do not wait for the last. */
    private static final int BATCH = 200;

    private final JsonMapper json;
    private final HandOver handOver;
    private final Clock clock;
    private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();
    private final ExecutorService waker = Executors.newSingleThreadExecutor(task -> {
        var thread = new Thread(task, "directive-waker");
        thread.setDaemon(true);
        return thread;
    });
    private volatile State state;
    private volatile boolean open;

    DirectiveBoard(Catalog catalog, HandOver handOver, Clock clock, JsonMapper json) {
        this.json = json;
        this.handOver = handOver;
        this.clock = clock;
        this.state = State.of(catalog.snapshot(), json);
    }

    /**
     * What polls are answered by.
     *
     * @param handed what was handed since the catalogue was read, which says that it is still to be
     */
    private record State(CatalogSnapshot catalog, PreparedDirectives answers, Set<HandedOver> handed) {
        static State of(CatalogSnapshot catalog, JsonMapper json) {
            return new State(catalog, new PreparedDirectives(json), ConcurrentHashMap.newKeySet());
        }

        Prepared answer(Told told) {
            return answers.of(told.directive());
        }
    }

    private record HandedOver(UUID host, Sha256 bundle) {}

    /** What a host is told, and handed if it is not yet. */
    Prepared tell(KnownHost host) {
        State now = state;
        var told = told(now, host, Set.of());
        if (told.handOver() && !handed(now, told, host)) {
            told = told(now, host, Set.of(identity(told)));
        }
        return now.answer(told);
    }

    /** What a host would be told, were it to ask now, and why nothing newer. */
    Directive wouldTell(KnownHost host) {
        return told(state, host, Set.of()).explained();
    }

    private boolean handed(State now, Told told, KnownHost host) {
        var known = new HandedOver(host.id(), identity(told));
        if (now.handed().contains(known)) {
            return true;
        }
        boolean handed = handOver.record(known.bundle(), List.of(known.host())).contains(known.host());
        if (handed) {
            now.handed().add(known);
        }
        return handed;
    }

    private static Sha256 identity(Told told) {
        var bundle = told.directive().bundle();
        if (bundle == null) {
            throw new IllegalArgumentException("nothing to hand over");
        }
        return bundle.identity();
    }

    private Told told(State now, KnownHost host, Set<Sha256> refused) {
        return DirectiveRule.of(
                now.catalog(),
                new DirectiveRule.Host(host.id(), host.kernel(), host.holds(), refused),
                clock.instant());
    }

    @EventListener
    void changed(CatalogChanged event) {
        state = State.of(event.snapshot(), json);
        waker.execute(() -> wakeChanged(List.copyOf(waiters)));
    }

    /**
     * What hangs was let in by what the host was then: it is to ask again, and to be told if it has left, or is held.
     * A change of holds or groups concerns nobody knows whom.
     */
    @EventListener
    void changed(Signal signal) {
        switch (signal.topic()) {
            case HOST ->
                waker.execute(() -> waiters.stream()
                        .filter(waiter -> waiter.host().id().toString().equals(signal.id()))
                        .forEach(Waiter::unchanged));
            case HOLD, GROUP -> waker.execute(() -> waiters.forEach(Waiter::unchanged));
            case CATALOG, API_KEY, ENROLLMENT_KEY -> {}
        }
    }

    /** Has a poll hang. A change that came just before it hung wakes it at once. */
    void add(Waiter waiter) {
        waiters.add(waiter);
        wakeChanged(List.of(waiter));
        if (!open) {
            waiter.unchanged();
        }
    }

    void remove(Waiter waiter) {
        waiters.remove(waiter);
    }

    private void wakeChanged(List<Waiter> some) {
        State now = state;
        Map<Sha256, List<Waiter>> toHandOver = new HashMap<>();
        for (Waiter waiter : some) {
            var told = told(now, waiter.host(), Set.of());
            Prepared answer = now.answer(told);
            if (answer.etag().equals(waiter.etag())) {
                continue;
            }
            if (told.handOver()) {
                toHandOver
                        .computeIfAbsent(identity(told), bundle -> new ArrayList<>())
                        .add(waiter);
            } else {
                waiter.changed(answer);
            }
        }
        toHandOver.forEach((bundle, hosts) -> {
            for (int i = 0; i < hosts.size(); i += BATCH) {
                handOver(now, bundle, hosts.subList(i, Math.min(hosts.size(), i + BATCH)));
            }
        });
    }

    private void handOver(State now, Sha256 bundle, List<Waiter> hosts) {
        try {
            var handed = new HashSet<>(handOver.record(
                    bundle, hosts.stream().map(waiter -> waiter.host().id()).toList()));
            handed.forEach(host -> now.handed().add(new HandedOver(host, bundle)));
            for (Waiter waiter : hosts) {
                Set<Sha256> refused = handed.contains(waiter.host().id()) ? Set.of() : Set.of(bundle);
                Prepared answer = now.answer(told(now, waiter.host(), refused));
                if (!answer.etag().equals(waiter.etag())) {
                    waiter.changed(answer);
                }
            }
        } catch (DataAccessException | TransactionException e) {
            LOG.warn("{} hosts are handed {} when they ask again: {}", hosts.size(), bundle.brief(), e.getMessage());
            hosts.forEach(Waiter::unchanged);
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
