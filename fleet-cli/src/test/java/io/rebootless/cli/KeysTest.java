package io.rebootless.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;

/** Keys and hosts as an admin and an operator manage them, against a server that answers as told. */
class KeysTest extends ToldServer {
    private static final String ID = "6e5e3f3c-2f5b-4a3f-8f1e-0c6a1b2c3d4e";

    @Override
    String noted(HttpExchange exchange) {
        return (super.noted(exchange) + " " + sent).strip();
    }

    private static String apiKey(String key) {
        return """
                {"id":"%s","name":"ci","role":"viewer","state":"active","created":"2026-11-22T10:00:00Z",
                 "expires":"2027-02-20T10:00:00Z"%s}""".formatted(ID, key.isEmpty() ? "" : ",\"key\":\"" + key + "\"");
    }

    @Test
    void an_api_key_goes_into_a_file_that_only_its_owner_reads() throws IOException {
        status = 201;
        answer = apiKey("rlak_new");
        var created = run(
                "api-key", "create", "--name", "ci", "--role", "viewer", "--valid-days", "90", "-o", here.resolve("k"));
        assertThat(created.exit()).isZero();
        assertThat(created.out()).contains("ci", "viewer", "until 2027-02-20").doesNotContain("rlak_new");
        assertThat(Files.readString(here.resolve("k"))).isEqualTo("rlak_new\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(here.resolve("k"))))
                .isEqualTo("rw-------");
        assertThat(asked)
                .containsExactly("POST /api/v1/api-keys {\"name\":\"ci\",\"role\":\"viewer\",\"validDays\":90}");
    }

    @Test
    void an_api_key_is_not_made_if_it_could_not_be_kept() {
        var refused = run("api-key", "create", "--name", "ci", "--role", "viewer", "-o", here.resolve("missing/k"));
        assertThat(refused.exit()).isEqualTo(ExitCode.NO_INPUT);
        assertThat(asked).isEmpty();
    }

    @Test
    void api_keys_are_listed_with_their_state() {
        answer = "{\"items\":[" + apiKey("") + "]}";
        assertThat(run("api-key", "list").out()).contains(ID, "ci", "viewer", "active", "2027-02-20", "never");
        assertThat(run("api-key", "list", "--json").out()).startsWith("[{");
    }

    @Test
    void enrolment_keys_are_listed_part_by_part() {
        answer = """
                {"items":[{"id":"%s","name":"web","state":"used-up","uses":20,"usesLeft":0,
                 "created":"2026-11-22T10:00:00Z","expires":"2026-11-23T10:00:00Z","labels":{"env":"prod"}}]}""".formatted(ID);
        assertThat(run("enrollment", "list").out()).contains(ID, "web", "used-up", "0 of 20", "env=prod");
        assertThat(run("enrollment", "list").out().lines())
                .extracting(line -> line.indexOf(line.startsWith("ID") ? "EXPIRES" : "2026-11-23"))
                .as("each value under its heading")
                .hasSize(2)
                .containsOnly(36 + 2 + 20 + 2 + 8 + 2 + 14 + 2);
        assertThat(asked).containsOnly("GET /api/v1/enrollment-keys?limit=500");
    }

    @Test
    void what_is_ended_is_asked_for_by_its_id_and_told() {
        status = 204;
        assertThat(run("api-key", "revoke", ID).out()).contains("API key " + ID + " is revoked");
        assertThat(run("enrollment", "revoke", ID).out()).contains("is revoked");
        assertThat(run("host", "leave", ID).out()).contains("has left");
        status = 202;
        assertThat(run("host", "token-replace", ID).out()).contains("when it polls next");
        assertThat(asked)
                .containsExactly(
                        "DELETE /api/v1/api-keys/" + ID,
                        "DELETE /api/v1/enrollment-keys/" + ID,
                        "DELETE /api/v1/hosts/" + ID,
                        "POST /api/v1/hosts/" + ID + "/token-replacement");
    }

    @Test
    void an_id_that_is_none_is_a_usage_error() {
        assertThat(run("api-key", "revoke", "web-1").exit()).isEqualTo(ExitCode.USAGE);
        assertThat(run("enrollment", "revoke", "web-1").exit()).isEqualTo(ExitCode.USAGE);
        assertThat(asked).isEmpty();
    }

    private static final String CLONED = """
            {"id":"%s","hostname":"web-1","labels":{"env":"prod"},
             "kernel":{"release":"6.1.0-56-amd64","version":"#1","machine":"x86_64","buildId":"0011223344556677"},
             "bootId":"b","uptimeSeconds":7,"state":"settled","level":1,"latestLevel":2,"protection":"attention",
             "agentVersion":"1","enrolled":"2026-11-22T10:00:00Z","lastSeen":null,
             "tokenWanted":"2026-11-22T11:00:00Z","clones":[
              {"hostname":"web-1","machineId":"aa","address":"192.0.2.1","bootId":"b","lastHeard":"2026-11-22T10:00:00Z"},
              {"hostname":"web-2","address":"192.0.2.2","bootId":"c","lastHeard":"2026-11-22T10:00:01Z"}]}""".formatted(ID);

    @Test
    void a_host_is_shown_with_the_machines_that_share_its_token() {
        answer = CLONED;
        // As one that does not say yet what a host is told.
        String directive = "/api/v1/hosts/%s/directive".formatted(ID);
        statuses.put(directive, 404);
        answers.put(
                directive, "{\"type\":\"urn:rebootless:problem:not-found\",\"title\":\"Nothing here\",\"status\":404}");
        assertThat(run("host", "show", ID).out())
                .contains("web-1", "1 of 2", "asked to fetch a new one since", "cloned", "enroll --force")
                .contains("web-2 at 192.0.2.2", "machine-id aa", "machine-id not said");
        answer = "{\"items\":[" + CLONED + "]}";
        assertThat(run("fleet", "status").out()).contains("web-1: cloned", "192.0.2.2");
    }
}
