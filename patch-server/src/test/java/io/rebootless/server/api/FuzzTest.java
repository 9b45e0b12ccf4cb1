package io.rebootless.server.api;

import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.server.api.RawHttp.Answer;
import io.rebootless.server.problem.KnownProblems;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.TestServer;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Thousands of requests made from docs/openapi.json, some valid and most not, with every kind of key: the server answers
 * each of them as the document promises, and never with 500. {@code -Drebootless.fuzz.seed=N} repeats a run, {@code
 * -Drebootless.fuzz.requests=N} lengthens it.
 */
@Tag("every-jdk")
class FuzzTest {
    private static final JsonMapper JSON = WireJson.mapper();
    private static final long SEED = Long.getLong("rebootless.fuzz.seed", 20261122);
    private static final int REQUESTS = Integer.getInteger("rebootless.fuzz.requests", 2000);

    /** What a request to no operation may be answered with. */
    private static final Set<Integer> NOWHERE = Set.of(400, 401, 403, 404, 405, 406, 410);

    private static final Set<String> PROBLEMS = KnownProblems.byName().keySet();

    @TempDir
    Path data;

    private final List<String> failures = new ArrayList<>();
    private final Map<Integer, Integer> statuses = new TreeMap<>();

    @Test
    void every_answer_is_one_that_the_description_promises() throws IOException {
        System.out.printf("fuzz: %d requests, -Drebootless.fuzz.seed=%d%n", REQUESTS, SEED);
        var surface = new Surface(Files.readString(Path.of("../docs/openapi.json")));
        try (var server = TestServer.start(data, List.of("--rebootless.tls.mode=off"))) {
            server.trust("alice", alice());
            var http = new RawHttp(server.port());
            var world =
                    World.make(http, Files.readString(data.resolve("admin.key")).strip());
            var requests = new Requests(surface, SEED, world);
            var reached = new HashSet<String>();
            for (int number = 0; number < REQUESTS; number++) {
                var sent = requests.next();
                Answer answer = http.send(sent.request());
                statuses.merge(answer.status(), 1, Integer::sum);
                if (answer.status() < 300) {
                    reached.add(
                            sent.operation().method() + " " + sent.operation().path());
                }
                judge(number, sent, answer);
            }
            System.out.printf(
                    "fuzz: answers by status %s; succeeded: %d of %d operations%n",
                    statuses, reached.size(), surface.operations().size());
            var health = http.send(new RawHttp.Request("GET", "/healthz", List.of(), new byte[0]));
            assertThat(health.status()).isEqualTo(200);
            assertThat(failures).as("with seed %d", SEED).isEmpty();
            // Or the fuzz would only ever knock at closed doors.
            assertThat(reached).hasSizeGreaterThan(surface.operations().size() / 2);
        }
    }

    private void judge(int number, Requests.Sent sent, Answer answer) {
        int status = answer.status();
        var promised = new HashSet<>(sent.strayed() ? NOWHERE : Set.of());
        promised.addAll(sent.operation().statuses());
        String fault = null;
        if (status >= 500) {
            fault = "a server error";
        } else if (!promised.contains(status)) {
            fault = "a status that the description does not have";
        } else if (status >= 400 && !sent.request().method().equals("HEAD")) {
            fault = problemFault(answer);
        }
        if (fault != null && failures.size() < 20) {
            failures.add("#%d %s: %s %n  → %d %s %s"
                            .formatted(
                                    number,
                                    fault,
                                    sent.operation().path(),
                                    status,
                                    answer.header("Content-Type"),
                                    brief(answer.text()))
                    + "\n  " + sent.request().line() + "\n  "
                    + brief(new String(sent.request().body(), StandardCharsets.UTF_8)));
        }
    }

    private static @Nullable String problemFault(Answer answer) {
        if (!answer.header("Content-Type").equals("application/problem+json")) {
            return "an error that is no problem";
        }
        JsonNode problem = JSON.readTree(answer.body());
        String name = problem.path("type").asString("").replaceFirst("^urn:rebootless:problem:", "");
        if (!PROBLEMS.contains(name)) {
            return "a problem that docs/problems.md does not have";
        }
        return problem.path("status").asInt(0) == answer.status() ? null : "a problem of another status";
    }

    private static String brief(String text) {
        return text.length() > 300 ? text.substring(0, 300) + "…" : text;
    }

    /** What is there to be found: keys of every role, a host, bundles. */
    record World(List<String> keys, Map<String, List<String>> known, List<byte[]> bundles) {
        static World make(RawHttp http, String admin) throws IOException {
            var keys = new ArrayList<>(List.of(admin, admin, ""));
            for (String role : List.of("viewer", "operator", "publisher")) {
                keys.add(post(http, admin, "/api/v1/api-keys", Map.of("name", "fuzz " + role, "role", role))
                        .get("key")
                        .stringValue());
            }
            String enrolmentKey = post(
                            http,
                            admin,
                            "/api/v1/enrollment-keys",
                            Map.of("name", "fuzz", "uses", 100_000, "validHours", 1, "labels", Map.of("env", "prod")))
                    .get("key")
                    .stringValue();
            var kernel = Samples.kernel();
            var hosts = new ArrayList<String>();
            for (int i = 0; i < 3; i++) {
                var host = post(http, admin, "/api/v1/agent/enroll", Samples.request(enrolmentKey, "h" + i, kernel));
                keys.add(host.get("token").stringValue());
                hosts.add(host.get("hostId").stringValue());
            }
            var bundles = new ArrayList<byte[]>();
            var digests = new ArrayList<String>();
            for (int level = 1; level <= 3; level++) {
                byte[] file =
                        TestBundles.signed(kernel, level, 0, TestBundles.manifest(level, "CVE-2026-0001"), alice());
                bundles.add(file);
                if (level < 3) {
                    var request = new RawHttp.Request(
                            "POST",
                            "/api/v1/bundles",
                            List.of("Authorization: Bearer " + admin, "Content-Type: application/octet-stream"),
                            file);
                    var published = JSON.readTree(http.send(request).body());
                    digests.add(published.get("fileDigest").stringValue());
                }
            }
            var known = new TreeMap<String, List<String>>(Map.of(
                    "digest",
                    digests,
                    "key",
                    List.of(enrolmentKey),
                    "id",
                    hosts,
                    "host",
                    hosts,
                    // A publication that is there, and one that is still to come.
                    "publication",
                    List.of(TestBundles.manifest(1).publication(), "fuzz"),
                    "lever",
                    List.of("pause", "withdraw"),
                    "plan",
                    List.of("careful", "at-once")));
            known.putAll(Map.of(
                    "reach", List.of("100%", "1", "2.5%"),
                    "settled", List.of("90%"),
                    "allowedIncidents", List.of("0"),
                    "allowedFailures", List.of("5%"),
                    "zone", List.of("Europe/Berlin"),
                    "from", List.of("22:00"),
                    "to", List.of("04:00"),
                    "spreadOver", List.of("rack")));
            return new World(keys, known, bundles);
        }

        private static JsonNode post(RawHttp http, String key, String path, Object body) throws IOException {
            var headers = List.of("Authorization: Bearer " + key, "Content-Type: application/json");
            var answer = http.send(new RawHttp.Request("POST", path, headers, JSON.writeValueAsBytes(body)));
            assertThat(answer.status()).as(answer.text()).isEqualTo(201);
            return JSON.readTree(answer.body());
        }
    }
}
