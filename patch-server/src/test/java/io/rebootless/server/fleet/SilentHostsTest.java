package io.rebootless.server.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.server.audit.AuditLog;
import io.rebootless.server.cluster.Signals;
import io.rebootless.server.settings.Settings;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.SharedServer;
import io.rebootless.server.testing.TestServer;
import io.rebootless.wire.Enrollment;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

@ExtendWith(SharedServer.class)
class SilentHostsTest {
    private static final Duration LISTENED = SilenceRule.longEnough(Duration.ZERO);

    private final TestServer server;

    SilentHostsTest(TestServer server) {
        this.server = server;
    }

    private Enrollment enrolledDaysAgo(int days) {
        var enrollment = Samples.enroll(server, Samples.kernel(), Map.of());
        server.jdbc()
                .sql("UPDATE host SET enrolled_at = now() - make_interval(days => :days) WHERE id = :id")
                .param("days", days)
                .param("id", enrollment.hostId())
                .update();
        return enrollment;
    }

    private void lastSeenDaysAgo(Enrollment host, int days) {
        server.jdbc().sql("""
                        INSERT INTO host_seen VALUES (:id, now() - make_interval(days => :days))
                        ON CONFLICT (host_id) DO UPDATE SET seen_at = excluded.seen_at
                        """).param("days", days).param("id", host.hostId()).update();
    }

    @Test
    void hosts_leave_after_thirty_silent_days_once_and_by_the_servers_own_hand() {
        var never = enrolledDaysAgo(31);
        var silent = enrolledDaysAgo(90);
        lastSeenDaysAgo(silent, 31);
        var heard = enrolledDaysAgo(90);
        lastSeenDaysAgo(heard, 29);
        var young = enrolledDaysAgo(29);

        var behind = new AtomicReference<>(LISTENED);
        var listened = new AtomicReference<>(Duration.ZERO);
        var job = job(behind, listened);
        behind.set(Duration.ZERO);
        listened.set(LISTENED);
        List.of(CompletableFuture.runAsync(job::retire), CompletableFuture.runAsync(job::retire))
                .forEach(CompletableFuture::join);

        assertThat(status(never)).isEqualTo(410);
        assertThat(status(silent)).isEqualTo(410);
        assertThat(status(heard)).isEqualTo(200);
        assertThat(status(young)).isEqualTo(200);
        for (Enrollment host : List.of(never, silent)) {
            assertThat(server.jdbc()
                            .sql("SELECT actor_kind FROM audit_entry WHERE action = 'host.retired' AND subject = :host")
                            .param("host", "host:" + host.hostId())
                            .query(String.class)
                            .list())
                    .containsExactly("SERVER");
        }
    }

    @Test
    void a_server_that_wakes_after_a_month_hears_its_hosts_before_it_judges_them() {
        var host = enrolledDaysAgo(90);
        lastSeenDaysAgo(host, 31);
        // All that is to be seen of a machine's sleep is that its clock has jumped.
        var behind = new AtomicReference<>(Duration.ofDays(31));
        var listened = new AtomicReference<>(Duration.ZERO);
        var job = job(behind, listened);

        behind.set(LISTENED);
        job.retire();
        assertThat(retired(host)).as("at the first look after it woke").isFalse();

        behind.set(Duration.ZERO);
        listened.set(LISTENED);
        job.retire();
        assertThat(retired(host)).as("an hour later, still silent").isTrue();
    }

    /** With a clock that is behind the true one, and another that says for how long the server has listened. */
    private SilentHosts job(AtomicReference<Duration> behind, AtomicReference<Duration> listened) {
        var beans = server.context();
        return new SilentHosts(
                beans.getBean(JdbcClient.class),
                beans.getBean(AuditLog.class),
                beans.getBean(Signals.class),
                beans.getBean(Settings.class),
                new Clock() {
                    @Override
                    public Instant instant() {
                        return Instant.now().minus(behind.get());
                    }

                    @Override
                    public ZoneId getZone() {
                        return ZoneOffset.UTC;
                    }

                    @Override
                    public Clock withZone(ZoneId zone) {
                        return this;
                    }
                },
                () -> listened.get().toNanos(),
                beans.getBean(PlatformTransactionManager.class));
    }

    private boolean retired(Enrollment host) {
        return server.jdbc()
                .sql("SELECT retired_at IS NOT NULL FROM host WHERE id = :id")
                .param("id", host.hostId())
                .query(Boolean.class)
                .single();
    }

    private int status(Enrollment host) {
        return server.api().as(host.token()).get("/api/v1/agent/directive").status();
    }
}
