package io.rebootless.server.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.SharedServer;
import io.rebootless.server.testing.TestServer;
import io.rebootless.wire.Enrollment;
import io.rebootless.wire.FleetHost;
import io.rebootless.wire.HostToken;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedServer.class)
class HostTokenTest {
    private static final String DIRECTIVE = "/api/v1/agent/directive";
    private static final String TOKEN = "/api/v1/agent/token";

    private final TestServer server;
    private final KernelBuild kernel = Samples.kernel();
    private Enrollment enrollment;
    private Api host;

    HostTokenTest(TestServer server) {
        this.server = server;
    }

    @BeforeEach
    void enroll() {
        enrollment = Samples.enroll(server, kernel, Map.of());
        host = server.api().as(enrollment.token());
    }

    private String path() {
        return "/api/v1/hosts/" + enrollment.hostId();
    }

    private void want() {
        assertThat(server.admin().post(path() + "/token-replacement", Map.of()).status())
                .isEqualTo(202);
    }

    private Api fetch() {
        var answer = host.post(TOKEN, Map.of("version", 1));
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        return server.api().as(answer.as(HostToken.class).token());
    }

    private List<String> audited() {
        return server.jdbc()
                .sql("SELECT action FROM audit_entry WHERE subject = :host ORDER BY id")
                .param("host", "host:" + enrollment.hostId())
                .query(String.class)
                .list();
    }

    @Test
    void nobody_gets_a_new_token_unless_an_operator_has_asked() {
        assertThat(host.get(DIRECTIVE).header("Rebootless-Token-Wanted")).isEmpty();
        assertThat(host.post(TOKEN, Map.of()).problem()).isEqualTo("token-not-wanted");
        assertThat(host.get(DIRECTIVE).status()).isEqualTo(200);
    }

    @Test
    void the_old_token_is_good_until_the_new_one_is_first_used() {
        host.get(DIRECTIVE);
        want();
        assertThat(host.get(DIRECTIVE).header("Rebootless-Token-Wanted")).isEqualTo("true");
        assertThat(server.admin().get(path()).as(FleetHost.class).tokenWanted()).isNotNull();
        Api fresh = fetch();
        assertThat(host.get(DIRECTIVE).status()).isEqualTo(200);

        var first = fresh.get(DIRECTIVE);
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.header("Rebootless-Token-Wanted")).isEmpty();
        assertThat(host.get(DIRECTIVE).problem()).isEqualTo("unauthenticated");
        assertThat(fresh.get(DIRECTIVE).status()).isEqualTo(200);
        assertThat(server.admin().get(path()).as(FleetHost.class).tokenWanted()).isNull();
        assertThat(audited())
                .containsExactly("host.enrolled", "host.token-wanted", "host.token-issued", "host.token-replaced");
    }

    @Test
    void a_host_that_keeps_none_of_its_new_tokens_is_told_to_wait_and_goes_on_with_the_old() {
        want();
        for (int i = 0; i < ReportLimits.BURST_TOKENS; i++) {
            fetch();
        }
        var refused = host.post(TOKEN, Map.of());
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("Retry-After")).isNotEmpty();
        assertThat(refused.text()).contains("is its disk full?");
        assertThat(host.get(DIRECTIVE).status()).isEqualTo(200);
        assertThat(audited().stream().filter("host.token-issued"::equals)).hasSize(ReportLimits.BURST_TOKENS);
    }

    @Test
    void a_token_whose_answer_was_lost_is_replaced_by_the_next_and_opens_nothing() {
        want();
        want();
        Api lost = fetch();
        Api fresh = fetch();
        assertThat(lost.get(DIRECTIVE).problem()).isEqualTo("unauthenticated");
        assertThat(host.get(DIRECTIVE).status()).isEqualTo(200);
        assertThat(fresh.put("/api/v1/agent/report", Map.of()).status())
                .as("any request is a use, this one a malformed one")
                .isEqualTo(400);
        assertThat(host.get(DIRECTIVE).problem()).isEqualTo("unauthenticated");
        assertThat(audited())
                .containsExactly(
                        "host.enrolled",
                        "host.token-wanted",
                        "host.token-issued",
                        "host.token-issued",
                        "host.token-replaced");
    }

    @Test
    void tokens_are_stored_as_hashes_only() {
        want();
        String fresh = String.valueOf(fetch().key());
        String row = server.jdbc()
                .sql("SELECT host::text FROM host WHERE id = :id")
                .param("id", enrollment.hostId())
                .query(String.class)
                .single();
        assertThat(row).doesNotContain(fresh.substring(5), enrollment.token().substring(5));
    }

    @Test
    void a_host_that_has_left_gets_no_token_and_its_leaving_is_audited() {
        want();
        Api fresh = fetch();
        server.admin().delete(path());
        assertThat(fresh.get(DIRECTIVE).problem()).isEqualTo("host-retired");
        assertThat(host.get(DIRECTIVE).problem()).isEqualTo("host-retired");
        assertThat(host.post(TOKEN, Map.of()).problem()).isEqualTo("host-retired");
        assertThat(server.admin().post(path() + "/token-replacement", Map.of()).problem())
                .isEqualTo("not-found");
        assertThat(audited())
                .containsExactly("host.enrolled", "host.token-wanted", "host.token-issued", "host.retired");
    }
}
