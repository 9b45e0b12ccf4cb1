package io.rebootless.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What an operator sees of rollouts and holds, against a server that answers as told. */
class RolloutTest extends ToldServer {
    private static final String HOST = "6e5e3f3c-2f5b-4a3f-8f1e-0c6a1b2c3d4e";
    private static final String KERNEL =
            "{\"release\":\"6.1.0-56-amd64\",\"version\":\"#1\",\"machine\":\"x86_64\",\"buildId\":\"001122334455667788\"}";
    private static final String PLAN = """
            {"rings":[{"reach":"1%","settled":"90%","bake":"PT0S"},{"reach":"100%","settled":"90%","bake":"PT1H"}],
             "allowedIncidents":"0","allowedFailures":"5%","silentAfter":"PT10M","fetchWithin":"PT30M","delay":"PT0S",
             "start":"approved","spreadOver":"rack",
             "windows":{"zone":"Europe/Berlin","open":[{"days":["SATURDAY"],"from":"22:00","to":"04:00"}]}}""";
    private static final String HALTED = """
            {"publication":"2026-11-22.1","planName":"default","plan":%s,"created":"2026-11-22T10:00:00Z","builds":[
             {"kernel":%s,"bundle":"%s","level":3,"state":"halted","since":"2026-11-22T10:01:00Z",
              "reason":"1 of 1 hosts that it has reached seem to have crashed, are silent or have failed a probe; 0 allowed",
              "quarantined":true,"ring":1,"hosts":{"drawn":99,"released":0,"handed":0,"settled":0,"failed":0,
              "incident":1,"silent":0,"unreached":2,"held":0,"gone":0}}]}""".formatted(PLAN, KERNEL, "ab".repeat(32));
    private static final String INCIDENT = """
            {"items":[{"host":"%s","hostname":"web-1","kernel":%s,"bundle":"%s","ring":1,"state":"incident",
             "since":"2026-11-22T10:01:00Z","handed":"2026-11-22T10:00:30Z",
             "detail":"suspected-crash: boot-1 ended without a word"}]}""".formatted(HOST, KERNEL, "ab".repeat(32));
    private static final String TOUCHED = """
            {"count":1,"hosts":[{"id":"%s","hostname":"web-1","level":2,"detail":"level 2 is reverted"}],
             "openCves":["CVE-2026-0001"]}""".formatted(HOST);

    RolloutTest() {
        answer = "{\"items\":[]}";
    }

    @Test
    void a_rollout_tells_what_happened_where_and_what_was_spared() {
        answers.put("GET /api/v1/rollouts/2026-11-22.1", HALTED);
        answers.put("GET /api/v1/rollouts/2026-11-22.1/hosts?limit=500&state=incident", INCIDENT);
        var shown = run("rollout", "show", "2026-11-22.1");
        assertThat(shown.exit()).isZero();
        assertThat(shown.out())
                .contains(
                        "default: 1%, 100%",
                        "halted, ring 1 of 2, quarantined",
                        "99 spared so far",
                        "1 crashed or failed a probe",
                        "2 not heard of",
                        "web-1",
                        "suspected-crash: boot-1 ended without a word");
    }

    @Test
    void rollouts_and_their_hosts_are_listed() {
        answers.put("GET /api/v1/rollouts?limit=500", "{\"items\":[%s]}".formatted(HALTED));
        assertThat(run("rollout", "list").out()).contains("2026-11-22.1", "6.1.0-56-amd64", "quarantined");
        answers.put("GET /api/v1/rollouts/p/hosts?limit=500&state=incident", INCIDENT);
        assertThat(run("rollout", "hosts", "p", "--state", "incident").out()).contains("web-1", "ring 1");
        assertThat(run("rollout", "hosts", "p", "--state", "elsewhere").exit()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void a_lever_shows_whom_it_touches_and_is_not_pulled_without_a_yes() {
        answers.put("GET /api/v1/rollouts/p/preview?lever=pause", TOUCHED);
        answers.put("POST /api/v1/rollouts/p/pause", HALTED);
        var dry = run("rollout", "pause", "p", "--reason", "busy", "--dry-run");
        assertThat(dry.exit()).isZero();
        assertThat(dry.out()).contains("It touches 1 host:", "web-1", "CVE-2026-0001", "Nothing was changed.");
        assertThat(asked).containsExactly("GET /api/v1/rollouts/p/preview?lever=pause");
        var nobody = run("rollout", "pause", "p", "--reason", "busy");
        assertThat(nobody.exit()).as("nobody to ask").isEqualTo(ExitCode.USAGE);
        assertThat(nobody.err()).contains("--yes");
        assertThat(run("rollout", "pause", "p", "--reason", "busy", "--yes").exit())
                .isZero();
        assertThat(asked).endsWith("POST /api/v1/rollouts/p/pause");
        assertThat(sent).isEqualTo("{\"reason\":\"busy\"}");
        answers.put("GET /api/v1/rollouts/p/preview?lever=approve", TOUCHED);
        answers.put("POST /api/v1/rollouts/p/approval", HALTED);
        assertThat(run("rollout", "approve", "p", "--reason", "looked at it", "--yes")
                        .exit())
                .isZero();
    }

    @Test
    void a_plan_is_written_shown_and_chosen() throws IOException {
        String named = "{\"name\":\"weekend\",\"plan\":%s,\"changedBy\":\"ops\",\"changed\":\"2026-11-22T10:00:00Z\"}"
                .formatted(PLAN);
        answers.put("PUT /api/v1/plans/weekend", named);
        answers.put("GET /api/v1/plans/weekend", named);
        answers.put("GET /api/v1/plans?limit=500", "{\"items\":[%s]}".formatted(named));
        answers.put("PUT /api/v1/rollouts/p", HALTED);
        Path file = Files.writeString(here.resolve("weekend.json"), PLAN);
        assertThat(run("plan", "set", "weekend", "--file", file.toString()).out())
                .contains(
                        "1% of the hosts; goes on when 90% of them have settled",
                        "and 1h after the last",
                        "by another person",
                        "label rack",
                        "sat 22:00 to 04:00, Europe/Berlin");
        assertThat(run("plan", "show", "weekend").out()).contains("weekend", "by ops");
        assertThat(run("plan", "show", "weekend", "--json").out()).contains("\"rings\" : [");
        assertThat(run("plan", "list").out()).contains("weekend", "1%, 100%");
        assertThat(run("rollout", "plan", "p", "--plan", "weekend").out()).contains("goes by plan default: 1%, 100%");
        var bad = run(
                "plan",
                "set",
                "weekend",
                "--file",
                Files.writeString(here.resolve("x"), "{\"rings\":[{\"reach\":\"x\"}]}")
                        .toString());
        assertThat(bad.exit()).isEqualTo(ExitCode.NO_INPUT);
        assertThat(bad.err()).contains("a share such as \"2.5%\" expected");
    }

    @Test
    void a_hold_says_whom_for_how_long_and_why() {
        answers.put("POST /api/v1/holds/preview", TOUCHED);
        answers.put("POST /api/v1/holds", """
                {"id":"%s","kind":"level","host":"%s","level":3,"reason":"slow","owner":"ops",
                 "expires":"2026-12-22T10:00:00Z","createdBy":"admin","created":"2026-11-22T10:00:00Z"}""".formatted(HOST, HOST));
        var held = run(
                "hold", "level", "3", "--host", HOST, "--for", "P30D", "--owner", "ops", "--reason", "slow", "--yes");
        assertThat(held.exit()).as(held.err()).isZero();
        assertThat(held.out()).contains("until 2026-12-22T10:00:00Z", "rebootless hold lift " + HOST);
        assertThat(sent).contains("\"kind\":\"level\"", "\"level\":3", "\"host\":\"" + HOST);
        assertThat(run("hold", "stay", "--all", "--owner", "ops", "--reason", "r", "--yes")
                        .err())
                .contains("--for: say when it ends");
        assertThat(run("hold", "none", "--all", "--owner", "ops", "--reason", "r", "--dry-run")
                        .out())
                .contains("level 2 is reverted", "Nothing was changed.");
        assertThat(run("hold", "stay", "--all", "--group", "g", "--owner", "o", "--reason", "r")
                        .exit())
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("hold", "stay", "--owner", "o", "--reason", "r").exit()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void a_withdrawal_can_be_tried_dry() {
        answers.put("GET /api/v1/rollouts/p/preview?lever=withdraw", TOUCHED);
        assertThat(run("publication", "withdraw", "p", "--reason", "slow", "--dry-run")
                        .out())
                .contains("web-1", "Nothing was changed.");
        assertThat(asked).last().isEqualTo("GET /api/v1/rollouts/p/preview?lever=withdraw");
        assertThat(asked).noneMatch(one -> one.startsWith("POST"));
    }
}
