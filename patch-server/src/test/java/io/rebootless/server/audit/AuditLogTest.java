package io.rebootless.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.audit.AuditEntry;
import io.rebootless.audit.AuditHead;
import io.rebootless.audit.AuditVerification.Intact;
import io.rebootless.server.testing.Audit;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.SharedServer;
import io.rebootless.server.testing.TestServer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Recording, sealing and reading on a real database. */
@ExtendWith(SharedServer.class)
class AuditLogTest {
    private final TestServer server;
    private final Audit audit;
    private final AuditLog log;
    private final TransactionTemplate transaction;
    private final String subject = "test:" + UUID.randomUUID();

    AuditLogTest(TestServer server) {
        this.server = server;
        this.audit = new Audit(server);
        this.log = server.context().getBean(AuditLog.class);
        this.transaction = new TransactionTemplate(server.context().getBean(PlatformTransactionManager.class));
    }

    private void record(String actor, AuditAction action) {
        transaction.executeWithoutResult(status ->
                log.record(Actor.of(Actor.Kind.API_KEY, actor, actor + "'s name"), action, subject, Map.of("n", 1)));
    }

    private List<AuditEntry> ours() {
        return audit.log().stream()
                .filter(entry -> entry.subject().equals(subject))
                .toList();
    }

    @Test
    void what_a_key_does_is_one_entry_that_names_it() {
        UUID host = Samples.enroll(server, Samples.kernel(), Map.of()).hostId();
        var created = server.admin()
                .post("/api/v1/api-keys", Map.of("name", "op " + host, "role", "operator"))
                .json();
        var operator = server.api().as(created.get("key").stringValue());
        assertThat(operator.delete("/api/v1/hosts/" + host).status()).isEqualTo(204);
        assertThat(operator.delete("/api/v1/hosts/" + host).status()).isEqualTo(404);
        assertThat(audit.log().stream().filter(entry -> entry.subject().equals("host:" + host)))
                .filteredOn(entry -> entry.action().equals("host.retired"))
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.actorKind()).isEqualTo("api-key");
                    assertThat(entry.actorId()).isEqualTo(created.get("id").stringValue());
                    assertThat(entry.actorName()).isEqualTo("op " + host);
                });
    }

    @Test
    void the_server_records_that_it_started() {
        assertThat(audit.log())
                .anyMatch(entry -> entry.action().equals("server.started")
                        && entry.actorKind().equals("server")
                        && entry.subject().startsWith("server:"));
    }

    @Test
    void an_entry_is_in_the_transaction_of_its_change_or_not_at_all() {
        assertThatThrownBy(() -> log.record(AuditAction.HOST_ENROLLED, subject, Map.of()))
                .isInstanceOf(IllegalTransactionStateException.class);
        transaction.executeWithoutResult(status -> {
            log.record(AuditAction.HOST_ENROLLED, subject, Map.of());
            status.setRollbackOnly();
        });
        assertThat(ours()).isEmpty();
    }

    @Test
    void entries_that_commit_late_or_never_leave_no_gap() throws Exception {
        var late = new CountDownLatch(1);
        var recorded = new CountDownLatch(1);
        var threads = Executors.newFixedThreadPool(5);
        try {
            Future<?> slow = threads.submit(() -> transaction.executeWithoutResult(status -> {
                log.record(AuditAction.HOST_ENROLLED, subject, Map.of("late", true));
                recorded.countDown();
                await(late);
            }));
            await(recorded);
            var others = new ArrayList<Future<?>>();
            for (int i = 0; i < 40; i++) {
                boolean fails = i % 5 == 0;
                others.add(threads.submit(() -> transaction.executeWithoutResult(status -> {
                    log.record(AuditAction.HOST_ENROLLED, subject, Map.of("late", false));
                    if (fails) {
                        status.setRollbackOnly();
                    }
                })));
                others.add(threads.submit(
                        () -> server.context().getBean(Sealer.class).seal()));
            }
            for (Future<?> other : others) {
                other.get();
            }
            assertThat(ours()).hasSize(32).noneMatch(entry -> entry.detail().equals("{\"late\":true}"));
            late.countDown();
            slow.get();
        } finally {
            late.countDown();
            threads.shutdown();
        }
        var ours = ours();
        assertThat(ours).hasSize(33);
        assertThat(ours.get(32).detail()).isEqualTo("{\"late\":true}");
        AuditHead head = audit.head();
        assertThat(audit.verify(head))
                .isInstanceOfSatisfying(
                        Intact.class, intact -> assertThat(intact.proven()).contains(head));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void the_log_is_listed_newest_first_in_parts_and_by_filter() {
        for (int i = 0; i < 3; i++) {
            record("alice", AuditAction.BUNDLE_PUBLISHED);
        }
        record("bob", AuditAction.BUNDLE_WITHDRAWN);
        var ours = ours();
        String path = "/api/v1/audit?subject=" + encode(subject);
        assertThat(sequences(path))
                .containsExactly(
                        ours.get(3).sequence(), ours.get(2).sequence(),
                        ours.get(1).sequence(), ours.get(0).sequence());
        assertThat(sequences(path + "&actor=bob")).containsExactly(ours.get(3).sequence());
        assertThat(sequences(path + "&actor=" + encode("alice's name"))).hasSize(3);
        assertThat(sequences(path + "&action=bundle.withdrawn"))
                .containsExactly(ours.get(3).sequence());
        assertThat(sequences(path + "&from=" + ours.get(1).at())).hasSize(3);
        assertThat(sequences(path + "&to=" + ours.get(1).at())).hasSize(1);

        var first = server.admin().get(path + "&limit=3").json();
        assertThat(first.get("items").size()).isEqualTo(3);
        assertThat(sequences(path + "&limit=3&cursor=" + first.get("next").stringValue()))
                .containsExactly(ours.get(0).sequence());
        assertThat(first.at("/items/0/detail").stringValue()).isEqualTo("{\"n\":1}");
    }

    private List<Long> sequences(String path) {
        var answer = server.admin().get(path);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json()
                .get("items")
                .valueStream()
                .map(item -> item.get("sequence").longValue())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"action=host.eaten", "from=yesterday", "to=2026-13-01T00:00:00Z", "limit=0", "cursor=x", "who=me"
            })
    void a_filter_that_cannot_be_is_refused(String query) {
        assertThat(server.admin().get("/api/v1/audit?" + query).problem()).isEqualTo("bad-parameter");
    }

    @Test
    void the_head_is_the_last_entrys() {
        record("alice", AuditAction.BUNDLE_PUBLISHED);
        var head = audit.head();
        var told = server.admin().get("/api/v1/audit/head").as(AuditHead.class);
        assertThat(told.sequence()).isGreaterThanOrEqualTo(head.sequence());
        assertThat(audit.verify(head, told))
                .isInstanceOfSatisfying(
                        Intact.class, intact -> assertThat(intact.proven()).isEqualTo(Optional.of(told)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE audit_entry SET actor_name = 'nobody'",
                "DELETE FROM audit_chain",
                "TRUNCATE audit_entry CASCADE"
            })
    void the_database_refuses_to_change_the_log(String statement) {
        assertThatThrownBy(() -> server.jdbc().sql(statement).update())
                .isInstanceOf(DataAccessException.class)
                .hasMessageContaining("append-only");
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
