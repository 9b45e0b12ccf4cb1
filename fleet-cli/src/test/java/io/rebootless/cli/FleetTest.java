package io.rebootless.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an operator and a pipeline see, against a server that answers as told. */
class FleetTest extends ToldServer {
    private static final String DIRECTIVE =
            "{\"version\":1,\"generation\":7,\"order\":\"hold\",\"reason\":\"no rollout has come to this host yet\"}";

    private final List<String> idempotencyKeys = new ArrayList<>();

    @Override
    String noted(HttpExchange exchange) {
        var headers = exchange.getRequestHeaders();
        idempotencyKeys.add(String.valueOf(headers.getFirst("Idempotency-Key")));
        return super.noted(exchange) + " " + headers.getFirst("Authorization");
    }

    @Test
    void a_gate_asks_about_a_cve_and_labels_with_the_key() {
        answer = gate("protected");
        var gate = run("gate", "--cve", "CVE-2026-0001", "--label", "env=prod");
        assertThat(gate.exit()).isZero();
        assertThat(gate.out()).contains("protected  web-1", "CVE-2026-0001: protected");
        assertThat(asked).containsExactly("GET /api/v1/gate?cve=CVE-2026-0001&label=env%3Dprod Bearer rlak_secret");
    }

    @Test
    void a_gate_ends_1_if_a_host_is_exposed_and_2_if_nobody_can_tell() {
        answer = gate("exposed");
        assertThat(run("gate", "--cve", "CVE-2026-0001").exit()).isEqualTo(1);
        answer = gate("unknown");
        assertThat(run("gate", "--cve", "CVE-2026-0001").exit()).isEqualTo(2);
    }

    @Test
    void a_gate_cannot_tell_if_the_server_is_away_lies_or_refuses() {
        answer = "<html>";
        assertThat(run("gate", "--cve", "CVE-2026-0001").exit()).isEqualTo(2);
        status = 401;
        answer = "{\"type\":\"urn:rebootless:problem:unauthorized\",\"title\":\"Who are you?\",\"status\":401}";
        assertThat(run("gate", "--cve", "CVE-2026-0001").exit()).isEqualTo(2);
        server.stop(0);
        var gate = run("gate", "--cve", "CVE-2026-0001");
        assertThat(gate.exit()).isEqualTo(2);
        assertThat(gate.err()).contains("cannot tell: the server http://").doesNotContain("Exception");
    }

    @Test
    void a_gate_asked_wrongly_is_a_usage_error_not_an_answer() {
        assertThat(run("gate", "--cve", "2026-1").exit()).isEqualTo(ExitCode.USAGE);
        assertThat(asked).isEmpty();
    }

    @Test
    void fleet_status_follows_every_page_and_shows_each_host() {
        answer = """
                {"items":[{"id":"6e5e3f3c-2f5b-4a3f-8f1e-0c6a1b2c3d4e","hostname":"web-1","labels":{"env":"prod"},
                 "kernel":{"release":"6.1.0-56-amd64","version":"#1","machine":"x86_64","buildId":"0011223344556677"},
                 "bootId":"b","uptimeSeconds":7,"state":"refused","level":1,"latestLevel":2,"protection":"attention",
                 "failure":{"name":"below-floor","message":"too low"},"agentVersion":"1",
                 "enrolled":"2026-11-22T10:00:00Z","lastSeen":null}]}""";
        var fleet = run("fleet", "status");
        assertThat(fleet.exit()).isZero();
        assertThat(fleet.out())
                .contains("web-1", "1 of 2", "refused", "attention", "never", "below-floor: too low")
                .contains("0 of 1 protected");
    }

    private static final String WEB_1 = "6e5e3f3c-2f5b-4a3f-8f1e-0c6a1b2c3d4e";

    @Test
    void fleet_status_takes_a_group_and_a_query() {
        answer = "{\"items\":[]}";
        assertThat(run("fleet", "status", "--group", "web", "--query", "env==prod;rack!=r1")
                        .exit())
                .isZero();
        assertThat(asked)
                .containsExactly(
                        "GET /api/v1/hosts?limit=500&group=web&query=env%3D%3Dprod%3Brack%21%3Dr1 Bearer rlak_secret");
    }

    @Test
    void a_group_is_set_listed_shown_and_deleted() {
        answer = """
                {"name":"web","query":"role==web","description":"what users see","hosts":3,"changedBy":"ops",
                 "changed":"2026-11-22T10:00:00Z"}""";
        assertThat(run("group", "set", "web", "--query", "role==web", "--description", "what users see")
                        .out())
                .contains("group web has 3 hosts now");
        assertThat(sent).contains("\"query\":\"role==web\"", "\"description\":\"what users see\"");
        assertThat(run("group", "show", "web").out())
                .contains("role==web", "what users see", "3", "2026-11-22T10:00:00Z by ops");
        answer = "{\"items\":[%s]}".formatted(answer);
        assertThat(run("group", "list").out()).contains("web", "3", "role==web");
        assertThat(run("group", "delete", "web").out()).contains("group web is deleted");
        assertThat(asked)
                .containsExactly(
                        "PUT /api/v1/groups/web Bearer rlak_secret",
                        "GET /api/v1/groups/web Bearer rlak_secret",
                        "GET /api/v1/groups?limit=500 Bearer rlak_secret",
                        "DELETE /api/v1/groups/web Bearer rlak_secret");
    }

    @Test
    void it_is_explained_why_a_host_is_in_a_group() {
        answer = """
                {"items":[{"group":"web","query":"role==web;env==prod","member":false,"comparisons":[
                 {"text":"role==web","value":"web","holds":true},{"text":"env==prod","holds":false}]}]}""";
        assertThat(run("host", "groups", WEB_1).out())
                .contains("✗ web: role==web;env==prod", "✓ role==web (it is web)", "✗ env==prod (the host has none)");
        answer = "{\"items\":[]}";
        assertThat(run("host", "groups", WEB_1).out()).contains("there are no groups");
    }

    @Test
    void labels_are_set_removed_and_shown() {
        answer = crashed("").replace("\"labels\":{}", "\"labels\":{\"rack\":\"r1\",\"env\":\"prod\"}");
        assertThat(run("host", "label", WEB_1, "env=prod", "note=a=b", "old-").out())
                .isEqualTo("env=prod%nrack=r1%n".formatted());
        assertThat(sent).contains("\"set\":{\"env\":\"prod\",\"note\":\"a=b\"}", "\"remove\":[\"old\"]");
        assertThat(run("host", "label", WEB_1).out()).contains("rack=r1");
        assertThat(asked)
                .containsExactly(
                        "POST /api/v1/hosts/%s/labels Bearer rlak_secret".formatted(WEB_1),
                        "GET /api/v1/hosts/%s Bearer rlak_secret".formatted(WEB_1));
    }

    @Test
    void a_label_that_is_none_is_a_usage_error_and_nothing_is_asked() {
        for (String wrong : List.of("env", "=prod", "-", "Env=prod", "fact.os.id=x", "env=rlak_" + "a".repeat(20))) {
            assertThat(run("host", "label", WEB_1, wrong).exit()).as(wrong).isEqualTo(ExitCode.USAGE);
        }
        assertThat(run("host", "label", WEB_1, "a=1", "a=2").err()).contains("a is set twice");
        assertThat(run("host", "label", WEB_1, "a=1", "a-").exit()).isEqualTo(ExitCode.USAGE);
        assertThat(asked).isEmpty();
    }

    private static String crashed(String more) {
        return """
                {"id":"6e5e3f3c-2f5b-4a3f-8f1e-0c6a1b2c3d4e","hostname":"web-1","labels":{},
                 "kernel":{"release":"6.1.0-56-amd64","version":"#1","machine":"x86_64","buildId":"0011223344556677"},
                 "uptimeSeconds":7,"state":"held","level":0,"latestLevel":2,"protection":"attention",
                 "agentVersion":"1","enrolled":"2026-11-22T10:00:00Z",
                 "quarantined":[{"id":"70000000-0000-0000-0000-000000000001","bundle":"%s","level":2,
                  "publication":"2026-11-22.1","at":"2026-11-22T10:00:00.5Z","bootId":"b",
                  "reason":{"name":"suspected-crash","message":"boot b ended without a word"}}%s],
                 "blocking":[{"pid":4711,"name":"mysqld"}]}""".formatted("ab".repeat(32), more);
    }

    @Test
    void a_suspected_crash_is_shown_with_the_way_out_and_with_what_held_the_transition_up() {
        answer = "{\"items\":[%s]}".formatted(crashed(""));
        var fleet = run("fleet", "status");
        assertThat(fleet.out())
                .contains("attention")
                .contains("web-1: suspected-crash: level 2 (2026-11-22.1) is in quarantine since 2026-11-22T10:00:00Z:"
                        + " boot b ended without a word")
                .contains("rebootless host quarantine lift 6e5e3f3c-2f5b-4a3f-8f1e-0c6a1b2c3d4e"
                        + " --id 70000000-0000-0000-0000-000000000001")
                .contains("web-1: its transition is held up by mysqld (4711)")
                .contains("0 of 1 protected");
        assertThat(run("fleet", "status", "--json").out()).contains("\"name\":\"suspected-crash\"", "4711");

        var list = run("host", "quarantine", "list");
        assertThat(list.exit()).isZero();
        assertThat(list.out()).contains("70000000-0000-0000-0000-000000000001", "web-1", "2026-11-22.1", "no ");
        assertThat(asked).last().asString().startsWith("GET /api/v1/hosts?limit=500&quarantined=true ");
    }

    @Test
    void the_only_quarantine_of_a_host_is_lifted_with_a_reason() {
        answer = crashed("");
        var lifted = run(
                "host", "quarantine", "lift", "6e5e3f3c-2f5b-4a3f-8f1e-0c6a1b2c3d4e", "--reason", "it was the power");
        assertThat(lifted.exit()).as(lifted.err()).isZero();
        assertThat(lifted.out())
                .contains("web-1: quarantine 70000000-0000-0000-0000-000000000001 of level 2 (2026-11-22.1) is lifted");
        assertThat(asked)
                .last()
                .asString()
                .startsWith("POST /api/v1/hosts/6e5e3f3c-2f5b-4a3f-8f1e-0c6a1b2c3d4e/quarantine/lift ");
        assertThat(sent)
                .contains("\"ids\":[\"70000000-0000-0000-0000-000000000001\"]", "\"reason\":\"it was the power\"");
        assertThat(idempotencyKeys).last().isNotEqualTo("null");
    }

    @Test
    void which_of_several_quarantines_is_lifted_must_be_said() {
        answer = crashed("""
                ,{"id":"70000000-0000-0000-0000-000000000002","bundle":"%s","level":1,"publication":"p",
                 "at":"2026-11-22T10:00:00Z","bootId":"b","reason":{"name":"suspected-crash","message":"again"}}
                """.formatted("cd".repeat(32)));
        String host = "6e5e3f3c-2f5b-4a3f-8f1e-0c6a1b2c3d4e";
        var refused = run("host", "quarantine", "lift", host, "--reason", "why");
        assertThat(refused.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(refused.err()).contains("web-1 has 2 in quarantine: say which");
        assertThat(run("host", "quarantine", "lift", host, "--reason", "why", "--bundle", "cd".repeat(32))
                        .out())
                .contains("70000000-0000-0000-0000-000000000002")
                .doesNotContain("70000000-0000-0000-0000-000000000001");
        assertThat(sent).contains("\"bundle\":\"" + "cd".repeat(32) + "\"");
        assertThat(run("host", "quarantine", "lift", host, "--reason", "why", "--bundle", "nonsense")
                        .exit())
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("host", "quarantine", "lift", host).exit()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void fleet_status_shows_as_much_of_an_id_as_tells_hosts_apart_and_all_of_it_on_request() {
        String longName = "a-very-long-host-name-" + "x".repeat(40) + ".example";
        answer = "{\"items\":[%s,%s]}"
                .formatted(
                        crashed(""), crashed("").replace("1b2c3d4e", "1b2c3d4f").replace("web-1", longName));
        assertThat(run("fleet", "status").out())
                .contains(
                        "\n6e5e3f3c-2f5b-4a3f-8f1e-0c6a1b2c3d4e  web-1 ",
                        "\n6e5e3f3c-2f5b-4a3f-8f1e-0c6a1b2c3d4f  a-very")
                .doesNotContain(longName + " ");
        assertThat(run("fleet", "status", "--wide").out()).contains(longName + "  6.1.0-56-amd64");
        answer = "{\"items\":[%s,%s]}".formatted(crashed(""), crashed("").replace("6e5e3f3c", "7e5e3f3c"));
        assertThat(run("fleet", "status").out()).contains("\n6e5e3f3c  web-1 ", "\n7e5e3f3c  web-1 ");
        assertThat(run("fleet", "status", "--wide").out()).contains("\n7e5e3f3c-2f5b-4a3f-8f1e-0c6a1b2c3d4e  web-1 ");
    }

    @Test
    void a_host_is_named_by_the_beginning_of_its_id_or_by_its_name() {
        String id = "6e5e3f3c-2f5b-4a3f-8f1e-0c6a1b2c3d4e";
        answers.put("/api/v1/hosts?limit=6&hostname=6e5e3f3c", "{\"items\":[]}");
        answers.put("/api/v1/hosts?limit=6&idPrefix=6e5e3f3c", "{\"items\":[%s]}".formatted(crashed("")));
        answers.put("/api/v1/hosts?limit=6&hostname=web-1", "{\"items\":[%s]}".formatted(crashed("")));
        answers.put("/api/v1/hosts/" + id, crashed(""));
        answers.put("/api/v1/hosts/%s/directive".formatted(id), DIRECTIVE);
        for (String word : List.of(id, "6e5e3f3c", "web-1")) {
            assertThat(run("host", "show", word).out())
                    .as(word)
                    .contains(id, "hold: no rollout has come to this host yet");
        }
        for (String command : List.of("token-replace", "leave")) {
            assertThat(run("host", command, "6e5e3f3c").exit()).isZero();
            assertThat(asked).last().asString().contains("/api/v1/hosts/" + id);
        }
    }

    @Test
    void a_host_that_is_not_there_or_may_be_several_is_not_touched() {
        answers.put("/api/v1/hosts?limit=6&hostname=nowhere", "{\"items\":[]}");
        var absent = run("host", "leave", "nowhere");
        assertThat(absent.exit()).isEqualTo(ExitCode.REFUSED);
        assertThat(absent.err()).contains("there is no host \"nowhere\" in the fleet");
        answers.put(
                "/api/v1/hosts?limit=6&hostname=web-1",
                "{\"items\":[%s,%s]}".formatted(crashed(""), crashed("").replace("6e5e3f3c", "7e5e3f3c")));
        var several = run("host", "leave", "web-1");
        assertThat(several.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(several.err())
                .contains("\"web-1\" may be any of 6e5e3f3c-2f5b-4a3f-8f1e-0c6a1b2c3d4e (web-1), 7e5e3f3c-");
        assertThat(asked).noneMatch(request -> request.startsWith("DELETE"));
    }

    @Test
    void a_servers_refusal_is_shown_by_its_name_and_words() {
        status = 403;
        answer =
                "{\"type\":\"urn:rebootless:problem:forbidden\",\"title\":\"No\",\"status\":403,\"detail\":\"ask an admin\"}";
        var refused = run("enrollment", "create", "--name", "web");
        assertThat(refused.exit()).isEqualTo(ExitCode.REFUSED);
        assertThat(refused.err()).contains("the server refused: forbidden: ask an admin");
    }

    @Test
    void an_enrolment_key_goes_into_a_file_that_only_its_owner_reads() throws IOException {
        answer = "{\"id\":\"6e5e3f3c-2f5b-4a3f-8f1e-0c6a1b2c3d4e\",\"key\":\"rlek_x\",\"name\":\"web\",\"uses\":3,"
                + "\"expires\":\"2026-11-23T10:00:00Z\",\"labels\":{}}";
        var created = run("enrollment", "create", "--name", "web", "--uses", "3", "-o", here.resolve("web.key"));
        assertThat(created.exit()).isZero();
        assertThat(created.out()).doesNotContain("rlek_x");
        assertThat(Files.readString(here.resolve("web.key"))).isEqualTo("rlek_x\n");
        assertThat(Files.getPosixFilePermissions(here.resolve("web.key"))).hasSize(2);
    }

    @Test
    void a_lost_answer_is_asked_for_again_with_the_same_idempotency_key() {
        answer = "{\"id\":\"6e5e3f3c-2f5b-4a3f-8f1e-0c6a1b2c3d4e\",\"key\":\"rlek_x\",\"name\":\"web\",\"uses\":1,"
                + "\"expires\":\"2026-11-23T10:00:00Z\",\"labels\":{}}";
        lost = 2;
        assertThat(run("enrollment", "create", "--name", "web").out()).isEqualTo("rlek_x\n");
        assertThat(idempotencyKeys).hasSize(3).doesNotContain("null");
        assertThat(idempotencyKeys.stream().distinct()).hasSize(1);
        run("enrollment", "create", "--name", "web");
        assertThat(idempotencyKeys.stream().distinct()).hasSize(2);
    }

    @Test
    void a_problems_remedy_is_shown_too() {
        status = 409;
        answer = "{\"type\":\"urn:rebootless:problem:level-conflict\",\"title\":\"Taken\",\"status\":409,"
                + "\"detail\":\"Level 3 is published.\",\"remedy\":\"Build it with a higher level.\"}";
        assertThat(run("enrollment", "create", "--name", "web").err())
                .contains("level-conflict: Level 3 is published. Build it with a higher level.");
    }

    @Test
    void the_api_key_is_never_sent_in_the_clear_to_another_machine() {
        var refused = Cli.run(
                "fleet", "status", "--server", "http://patches.example", "--api-key-file", here.resolve("admin.key"));
        assertThat(refused.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(refused.err()).contains("not encrypted");
    }

    @Test
    void an_enrolment_key_is_not_made_if_it_could_not_be_kept() {
        var refused = run("enrollment", "create", "--name", "web", "-o", here.resolve("missing/web.key"));
        assertThat(refused.exit()).isEqualTo(ExitCode.NO_INPUT);
        assertThat(asked).isEmpty();
    }

    @Test
    void what_is_to_be_in_a_block_is_not_dropped_without_a_word_where_there_is_to_be_none() {
        var unencrypted = run("enrollment", "create", "--name", "web", "--block", here.resolve("block"));
        assertThat(unencrypted.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(unencrypted.err()).contains("--address: https://HOST:PORT expected");
        var none = run("enrollment", "create", "--name", "web", "--no-block", "--threshold", "1");
        assertThat(none.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(none.err()).contains("--no-block");
        assertThat(asked).isEmpty();
    }

    @Test
    void without_a_server_the_command_says_how_to_name_one() {
        var gate = Cli.run("fleet", "status");
        assertThat(gate.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(gate.err()).contains("--server");
    }

    private static String gate(String verdict) {
        return """
                {"cve":"CVE-2026-0001","labels":{},"verdict":"%s","hosts":
                 [{"id":"6e5e3f3c-2f5b-4a3f-8f1e-0c6a1b2c3d4e","hostname":"web-1","verdict":"%s","reason":"because"}]}""".formatted(verdict, verdict);
    }
}
