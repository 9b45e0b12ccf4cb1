package io.rebootless.server.holds;

import io.rebootless.server.audit.AuditAction;
import io.rebootless.server.audit.AuditLog;
import io.rebootless.server.catalog.Catalog;
import io.rebootless.server.catalog.CatalogGeneration;
import io.rebootless.server.cluster.Signal;
import io.rebootless.server.cluster.Signals;
import io.rebootless.server.groups.Groups;
import io.rebootless.server.sql.Columns;
import io.rebootless.wire.Hold;
import io.rebootless.wire.HoldRequest;
import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Makes holds and lifts them. */
@Service
class HoldLevers {
    private final JdbcClient jdbc;
    private final Groups groups;
    private final Catalog catalog;
    private final CatalogGeneration generation;
    private final Signals signals;
    private final ApplicationEventPublisher events;
    private final AuditLog audit;
    private final Clock clock;
    private final TransactionTemplate transaction;

    HoldLevers(
            JdbcClient jdbc,
            Groups groups,
            Catalog catalog,
            CatalogGeneration generation,
            Signals signals,
            ApplicationEventPublisher events,
            AuditLog audit,
            Clock clock,
            PlatformTransactionManager transactions) {
        this.jdbc = jdbc;
        this.groups = groups;
        this.catalog = catalog;
        this.generation = generation;
        this.signals = signals;
        this.events = events;
        this.audit = audit;
        this.clock = clock;
        this.transaction = new TransactionTemplate(transactions);
    }

    Hold create(HoldRequest request, String by) {
        var hold = new Hold(
                UUID.randomUUID(),
                request.kind(),
                request.host(),
                request.group(),
                request.level(),
                request.publishedUntil(),
                request.reason(),
                request.owner(),
                request.expires(),
                by,
                clock.instant());
        transaction.executeWithoutResult(status -> {
            if (hold.group() != null) {
                groups.keep(hold.group());
            }
            if (hold.host() != null) {
                groups.demandHost(hold.host());
            }
            jdbc.sql("""
                            INSERT INTO host_hold (id, kind, host_id, group_name, level, published_until, reason, owner,
                                                   expires_at, created_by, created_at)
                            VALUES (:id, :kind, :host, :group, :level, :until, :reason, :owner, :expires, :by, :at)
                            """)
                    .param("id", hold.id())
                    .param("kind", hold.kind().name())
                    .param("host", hold.host())
                    .param("group", hold.group())
                    .param("level", hold.level())
                    .param("until", Columns.optionalColumn(hold.publishedUntil()))
                    .param("reason", hold.reason())
                    .param("owner", hold.owner())
                    .param("expires", Columns.optionalColumn(hold.expires()))
                    .param("by", by)
                    .param("at", Columns.optionalColumn(hold.created()))
                    .update();
            audit.record(AuditAction.HOLD_CREATED, subject(hold), detail(hold));
            tell(hold);
        });
        tellHere(hold.id());
        return hold;
    }

    /** Answers whether there was such a hold. */
    boolean lift(UUID id) {
        boolean lifted = Boolean.TRUE.equals(transaction.execute(status -> {
            var hold = jdbc.sql(Holds.COLUMNS + "AND id = :id FOR UPDATE")
                    .param("id", id)
                    .query((row, number) -> Holds.hold(row))
                    .optional();
            hold.ifPresent(one -> {
                jdbc.sql("UPDATE host_hold SET lifted_at = :at WHERE id = :id")
                        .param("id", id)
                        .param("at", Columns.optionalColumn(clock.instant()))
                        .update();
                audit.record(AuditAction.HOLD_LIFTED, subject(one), detail(one));
                tell(one);
            });
            return hold.isPresent();
        }));
        if (lifted) {
            tellHere(id);
        }
        return lifted;
    }

    /** With a new generation, so that no server that has not heard of it tells a host otherwise. */
    private void tell(Hold hold) {
        signals.send(new Signal(Signal.Topic.HOLD, hold.id().toString()));
        generation.advance();
    }

    /** Who is held first, then what there is to run: or what was read before would go out under the new generation. */
    private void tellHere(UUID hold) {
        events.publishEvent(new Signal(Signal.Topic.HOLD, hold.toString()));
        catalog.refreshOnceCommitted();
    }

    private static String subject(Hold hold) {
        return "hold:" + hold.id();
    }

    private static Map<String, Object> detail(Hold hold) {
        var detail = new TreeMap<String, Object>();
        detail.put("kind", hold.kind());
        detail.put("reason", hold.reason());
        detail.put("owner", hold.owner());
        put(detail, "host", hold.host());
        put(detail, "group", hold.group());
        put(detail, "level", hold.level());
        put(detail, "publishedUntil", hold.publishedUntil());
        put(detail, "expires", hold.expires());
        return detail;
    }

    private static void put(Map<String, Object> detail, String name, @Nullable Object value) {
        if (value != null) {
            detail.put(name, value.toString());
        }
    }
}
