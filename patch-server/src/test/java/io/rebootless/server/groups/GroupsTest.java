package io.rebootless.server.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.testing.Api;
import io.rebootless.server.testing.Samples;
import io.rebootless.server.testing.SharedServer;
import io.rebootless.server.testing.TestServer;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.FleetHost;
import io.rebootless.wire.GroupMembership.Comparison;
import io.rebootless.wire.HostGroup;
import io.rebootless.wire.HostGroupRequest;
import io.rebootless.wire.LabelChange;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups, labels and why: on a server that other tests share, so every host here carries a label of its own. */
@ExtendWith(SharedServer.class)
class GroupsTest {
    private final TestServer server;
    private final Api admin;
    private final String here = "t" + UUID.randomUUID().toString().substring(0, 8);

    GroupsTest(TestServer server) {
        this.server = server;
        this.admin = server.admin();
    }

    private UUID host(Map<String, String> labels) {
        return host(Samples.kernel(), labels);
    }

    private UUID host(KernelBuild kernel, Map<String, String> labels) {
        var all = new TreeMap<>(labels);
        all.put("test", here);
        return Samples.enroll(server, kernel, all).hostId();
    }

    private List<UUID> found(String query) {
        return ids("query=" + encoded("test==" + here + ";(" + query + ")"));
    }

    private List<UUID> ids(String parameters) {
        var answer = admin.get("/api/v1/hosts?limit=1000&" + parameters);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json()
                .get("items")
                .valueStream()
                .map(item -> UUID.fromString(item.get("id").stringValue()))
                .toList();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private HostGroup group(String name, String query) {
        var answer = admin.put("/api/v1/groups/" + name, new HostGroupRequest(query, null));
        assertThat(answer.status()).as(answer.text()).isIn(200, 201);
        return answer.as(HostGroup.class);
    }

    @ParameterizedTest(name = "{0} finds {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "env==prod                         | a",
                "env!=prod                         | b c",
                "env=in=(prod,dev)                 | a b",
                "env=out=(prod,dev)                | c",
                "env=exists=true                   | a b",
                "env=exists=false                  | c",
                "env==PROD                         |",
                "rack==r*                          | a b",
                "rack==*1                          | a",
                "rack==r_                          |",
                "rack==%                           |",
                "note=='50% off; \"now\", (really)' | c",
                "note==*off*                       | c",
                "env==prod,rack==r2                | a b",
                "env==prod;rack==r2                |",
                "env==prod or rack==r2 and env==dev | a b",
                "(env==prod,env==dev);rack!=r1     | b",
                "rack/unit==7                      | c",
            })
    void a_query_finds_the_hosts_that_it_describes(String query, String expected) {
        var names = new TreeMap<UUID, String>();
        names.put(host(Map.of("env", "prod", "rack", "r1")), "a");
        names.put(host(Map.of("env", "dev", "rack", "r2")), "b");
        names.put(host(Map.of("note", "50% off; \"now\", (really)", "rack/unit", "7")), "c");
        assertThat(found(query).stream().map(names::get).sorted().toList())
                .isEqualTo(expected == null ? List.of() : List.of(expected.split(" ")));
    }

    @Test
    void facts_are_what_the_host_says_of_itself() {
        var kernel = Samples.kernel();
        UUID host = host(kernel, Map.of());
        host(Map.of());
        assertThat(found("fact.kernel.build-id==" + kernel.buildId().hex())).containsExactly(host);
        assertThat(found("fact.kernel.release==" + kernel.release())).containsExactly(host);
        assertThat(found("fact.kernel.machine==x86_64;fact.agent.version==0.1.0"))
                .hasSize(2);
        assertThat(found("fact.kernel.version=='*Debian 6.1.192-2*'")).hasSize(2);
        assertThat(found("fact.hostname==host-" + kernel.buildId().hex().substring(0, 8)))
                .containsExactly(host);
    }

    @Test
    void the_distribution_is_a_fact_once_the_host_has_reported_it() {
        var kernel = Samples.kernel();
        var enrollment = Samples.enroll(server, kernel, Map.of("test", here));
        assertThat(found("fact.os.id=exists=true")).isEmpty();
        var report = Samples.saying(
                Samples.report(UUID.randomUUID(), 1, kernel, AgentState.IDLE, 0, null),
                Map.of("os.id", "debian", "os.version", "12", "colour", "red"));
        assertThat(server.api()
                        .as(enrollment.token())
                        .put("/api/v1/agent/report", report)
                        .status())
                .isEqualTo(200);
        assertThat(found("fact.os.id==debian;fact.os.version=in=(12,13)")).containsExactly(enrollment.hostId());
        assertThat(found("colour==red")).as("a fact is no label").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "env",
                "env==",
                "env=gt=3",
                "env==(a,b)",
                "(env==a",
                "env==a;;b==c",
                "ENV==a",
                "fact.colour==red",
                "fact.==red",
                "env=exists=perhaps",
                "=='a'",
                "env=in=()",
                "h.labels)--==a",
                "x'y==a"
            })
    void what_is_no_query_is_refused_with_what_is_wrong(String query) {
        assertThat(admin.get("/api/v1/hosts?query=" + encoded(query)).problem()).isEqualTo("bad-parameter");
        assertThat(admin.put("/api/v1/groups/" + here, new HostGroupRequest(query, null))
                        .problem())
                .isEqualTo("bad-parameter");
        assertThat(admin.get("/api/v1/groups/" + here).problem()).isEqualTo("not-found");
    }

    @Test
    void a_query_is_bounded() {
        String fifty = String.join(",", java.util.Collections.nCopies(50, "a==b"));
        assertThat(found(fifty.substring(5))).isEmpty();
        assertThat(admin.get("/api/v1/hosts?query=" + encoded(fifty + ",a==b")).text())
                .contains("more than 50 comparisons");
        assertThat(admin.get("/api/v1/hosts?query=" + "a".repeat(1001)).problem())
                .isEqualTo("bad-parameter");
        assertThat(found("(".repeat(400) + "a==b" + ")".repeat(400))).isEmpty();
    }

    @Test
    void an_unknown_fact_is_refused_with_those_that_there_are() {
        assertThat(admin.get("/api/v1/hosts?query=fact.os==debian").text()).contains("fact.os.id", "fact.hostname");
    }

    @Test
    void a_group_is_made_changed_shown_and_deleted_and_follows_the_hosts() {
        assertThat(admin.put("/api/v1/groups/" + here, new HostGroupRequest("test==" + here, "ours"))
                        .status())
                .isEqualTo(201);
        assertThat(admin.get("/api/v1/groups/" + here).as(HostGroup.class).hosts())
                .isZero();
        UUID one = host(Map.of("env", "prod"));
        UUID two = host(Map.of());
        var shown = admin.get("/api/v1/groups/" + here).as(HostGroup.class);
        assertThat(shown.hosts()).isEqualTo(2);
        assertThat(shown.description()).isEqualTo("ours");
        assertThat(ids("group=" + here)).containsExactlyInAnyOrder(one, two);
        assertThat(ids("group=" + here + "&query=env==prod")).containsExactly(one);
        assertThat(ids("group=" + here + "&label=env=prod&query=" + encoded("test==x,test==*")))
                .containsExactly(one);
        admin.delete("/api/v1/hosts/" + one);
        assertThat(group(here, "test==" + here + ";env!=prod").hosts()).isEqualTo(1);
        assertThat(admin.delete("/api/v1/groups/" + here).status()).isEqualTo(204);
        assertThat(admin.delete("/api/v1/groups/" + here).problem()).isEqualTo("not-found");
        assertThat(admin.get("/api/v1/hosts?group=" + here).problem()).isEqualTo("bad-parameter");
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "-a", "a_b", "%20", "a%2Fb"})
    void a_groups_name_is_short_and_plain(String name) {
        assertThat(admin.put("/api/v1/groups/" + name, new HostGroupRequest("a==b", null))
                        .status())
                .isBetween(400, 404);
    }

    @Test
    void groups_are_listed_by_name_in_parts() {
        group(here + "-b", "a==b");
        group(here + "-a", "a==b");
        var names = new java.util.ArrayList<String>();
        String cursor = "";
        do {
            var page = admin.get("/api/v1/groups?limit=1" + cursor).json();
            page.get("items").forEach(item -> names.add(item.get("name").stringValue()));
            cursor = page.has("next") ? "&cursor=" + page.get("next").stringValue() : "";
        } while (!cursor.isEmpty());
        assertThat(names)
                .containsSubsequence(here + "-a", here + "-b")
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void membership_is_explained_comparison_by_comparison() {
        UUID host = host(Map.of("env", "prod"));
        group(here, "test==%s;(env==prod;rack=in=(r1,'r 2'),fact.agent.version!=0.1.0)".formatted(here));
        var explained = admin.get("/api/v1/hosts/%s/groups?limit=1000".formatted(host))
                .json()
                .get("items")
                .valueStream()
                .filter(item -> item.get("group").stringValue().equals(here))
                .findAny()
                .orElseThrow();
        assertThat(explained.get("member").booleanValue()).isFalse();
        var comparisons = explained
                .get("comparisons")
                .valueStream()
                .map(item -> new Comparison(
                        item.get("text").stringValue(),
                        item.has("value") ? item.get("value").stringValue() : null,
                        item.get("holds").booleanValue()))
                .toList();
        assertThat(comparisons)
                .containsExactly(
                        new Comparison("test=='" + here + "'", here, true),
                        new Comparison("env=='prod'", "prod", true),
                        new Comparison("rack=in=('r1','r 2')", null, false),
                        new Comparison("fact.agent.version!='0.1.0'", "0.1.0", false));
        admin.delete("/api/v1/hosts/" + host);
        assertThat(admin.get("/api/v1/hosts/%s/groups".formatted(host)).problem())
                .isEqualTo("not-found");
    }

    @Test
    void labels_are_set_and_removed_and_what_is_not_named_stays() {
        UUID host = host(Map.of("env", "dev", "old", "x"));
        String path = "/api/v1/hosts/%s/labels".formatted(host);
        var changed = admin.post(path, new LabelChange(Map.of("env", "prod", "rack", "r1"), List.of("old", "none")))
                .as(FleetHost.class);
        assertThat(changed.labels()).isEqualTo(Map.of("test", here, "env", "prod", "rack", "r1"));
        assertThat(found("env==prod")).containsExactly(host);
        assertThat(admin.post(path, Map.of()).problem()).isEqualTo("bad-request");
        assertThat(admin.post(path, Map.of("set", Map.of("fact.os.id", "debian")))
                        .problem())
                .isEqualTo("bad-request");
        assertThat(admin.post(path, Map.of("set", Map.of("a", "b"), "remove", List.of("a")))
                        .problem())
                .isEqualTo("bad-request");
        var many = new TreeMap<String, String>();
        for (int i = 0; i < LabelChange.MAX_LABELS; i++) {
            many.put("n" + i, "x");
        }
        assertThat(admin.post(path, new LabelChange(many, List.of())).problem()).isEqualTo("bad-request");
        admin.delete("/api/v1/hosts/" + host);
        assertThat(admin.post(path, new LabelChange(Map.of("a", "b"), List.of()))
                        .problem())
                .isEqualTo("not-found");
    }

    @Test
    void no_label_looks_like_a_fact() {
        assertThat(admin.post(
                                "/api/v1/enrollment-keys",
                                Map.of("name", "k", "uses", 1, "validHours", 1, "labels", Map.of("fact.x", "y")))
                        .problem())
                .isEqualTo("bad-request");
    }
}
