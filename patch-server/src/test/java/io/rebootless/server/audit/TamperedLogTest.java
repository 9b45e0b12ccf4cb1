package io.rebootless.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.audit.AuditHead;
import io.rebootless.audit.AuditVerification.Broken;
import io.rebootless.audit.AuditVerification.Intact;
import io.rebootless.server.testing.Audit;
import io.rebootless.server.testing.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Whoever owns the database changes the log behind the server's back; each change is put right again after. */
class TamperedLogTest {
    @TempDir
    static Path data;

    static TestServer server;
    static Audit audit;
    static AuditHead head;

    @BeforeAll
    static void a_log_of_at_least_ten() {
        server = TestServer.start(data, List.of());
        audit = new Audit(server);
        var log = server.context().getBean(AuditLog.class);
        for (int i = 0; i < 10; i++) {
            var subject = "host:" + i;
            transaction(() -> log.record(AuditAction.HOST_RETIRED, subject, Map.of("reason", "test")));
        }
        head = audit.head();
        transaction(() -> {
            server.jdbc().sql("SELECT * INTO good_entry FROM audit_entry").update();
            server.jdbc().sql("SELECT * INTO good_chain FROM audit_chain").update();
        });
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void transaction(Runnable change) {
        new TransactionTemplate(server.context().getBean(PlatformTransactionManager.class))
                .executeWithoutResult(status -> change.run());
    }

    /** As a superuser does, for whom neither triggers nor foreign keys hold. */
    private static void tamper(String... statements) {
        asSuperuser(jdbc -> {
            for (String statement : statements) {
                assertThat(jdbc.sql(statement).update()).as(statement).isPositive();
            }
        });
    }

    private static void putRight() {
        asSuperuser(jdbc -> {
            jdbc.sql("DELETE FROM audit_chain").update();
            jdbc.sql("DELETE FROM audit_entry").update();
            jdbc.sql("INSERT INTO audit_entry OVERRIDING SYSTEM VALUE SELECT * FROM good_entry")
                    .update();
            jdbc.sql("INSERT INTO audit_chain SELECT * FROM good_chain").update();
        });
        assertThat(audit.verify(head)).isInstanceOf(Intact.class);
    }

    private static void asSuperuser(Consumer<JdbcClient> change) {
        var database = server.superuser();
        new TransactionTemplate(new DataSourceTransactionManager(database)).executeWithoutResult(status -> {
            var jdbc = JdbcClient.create(database);
            jdbc.sql("SET LOCAL session_replication_role = replica").update();
            change.accept(jdbc);
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SET at = at + interval '1 microsecond'",
                "SET actor_kind = 'HOST'",
                "SET actor_id = 'somebody'",
                "SET actor_name = 'somebody'",
                "SET action = 'host.enrolled'",
                "SET subject = 'host:99'",
                "SET detail = '{}'"
            })
    void an_altered_entry_is_named(String alteration) {
        tamper("UPDATE audit_entry e " + alteration + " FROM audit_chain c WHERE c.entry_id = e.id AND c.sequence = 5");
        try {
            assertThat(broken().sequence()).isEqualTo(5);
        } finally {
            putRight();
        }
    }

    @Test
    void a_removed_entry_is_named() {
        tamper(
                "DELETE FROM audit_entry WHERE id = (SELECT entry_id FROM audit_chain WHERE sequence = 4)",
                "DELETE FROM audit_chain WHERE sequence = 4");
        try {
            assertThat(broken().sequence()).isEqualTo(4);
        } finally {
            putRight();
        }
    }

    @Test
    void a_removed_entry_is_named_even_if_those_after_it_are_numbered_anew() {
        tamper(
                "DELETE FROM audit_chain WHERE sequence = 4",
                "UPDATE audit_chain SET sequence = sequence + 1000 WHERE sequence > 4",
                "UPDATE audit_chain SET sequence = sequence - 1001 WHERE sequence > 1000");
        try {
            assertThat(broken().sequence()).isEqualTo(4);
        } finally {
            putRight();
        }
    }

    @Test
    void exchanged_entries_are_named() {
        tamper(
                "UPDATE audit_chain SET sequence = 1006 WHERE sequence = 6",
                "UPDATE audit_chain SET sequence = 6 WHERE sequence = 7",
                "UPDATE audit_chain SET sequence = 7 WHERE sequence = 1006");
        try {
            assertThat(broken().sequence()).isEqualTo(6);
        } finally {
            putRight();
        }
    }

    @Test
    void a_cut_log_is_found_by_the_head_alone_and_said_by_the_server_itself() throws Exception {
        Path file = data.resolve("audit-head");
        server.context().getBean(AuditHeads.class).announce();
        assertThat(Files.readString(file)).isEqualTo(head + "\n");
        tamper(
                "DELETE FROM audit_chain WHERE sequence > 8",
                "DELETE FROM audit_entry WHERE id NOT IN (SELECT entry_id FROM audit_chain)");
        assertThat(audit.verify()).as("without a head").isInstanceOf(Intact.class);
        assertThat(broken().sequence()).isEqualTo(9);

        server.context().getBean(AuditHeads.class).announce();
        var log = audit.log();
        assertThat(log.get(8)).matches(entry -> entry.action().equals("audit.head-lost"));
        assertThat(log.get(8).detail()).contains(head.toString());
        assertThat(broken().reason()).as("new entries do not hide it").isNotEmpty();
        putRight();
    }

    private static Broken broken() {
        var verdict = audit.verify(head);
        assertThat(verdict).isInstanceOf(Broken.class);
        return (Broken) verdict;
    }
}
