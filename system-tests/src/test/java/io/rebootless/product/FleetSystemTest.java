package io.rebootless.product;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.guest.Kernels;
import io.rebootless.guest.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * One server, one publisher, one host, as their users run them, from enrolment to a power cut. Each test starts where
 * the one before it has left the host: this is one story, and a boot of everything costs half a minute.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FleetSystemTest {
    private static final Duration SOON = Duration.ofMinutes(5);

    @TempDir
    static Path folder;

    static PatchServerProcess server;
    static Publisher publisher;
    static ModuleBuild module;
    static Host host;

    @BeforeAll
    static void a_server_a_publisher_and_a_booted_host() {
        module = ModuleBuild.of(Kernels.orSkip("newest-6.1"));
        server = PatchServerProcess.start(folder.resolve("server"));
        publisher = Publisher.create(folder, "publisher");
        publisher.trustedBy(server);
        Path agent = Host.agentLayer(folder.resolve("agent.cpio"));
        host = Host.boot(folder, agent, module, publisher);
    }

    @AfterAll
    static void off() {
        if (host != null) {
            host.close();
        }
        if (server != null) {
            server.close();
        }
    }

    @Test
    @Order(1)
    void a_host_that_is_not_enrolled_says_so_with_exit_code_4() {
        Result status = host.agent("status");
        assertThat(status.exit()).isEqualTo(4);
        assertThat(status.out() + status.err()).contains("enroll");

        Result preflight = host.preflight(server);
        assertThat(preflight.out())
                .as("without a key the server says what is published for this kernel: %s", preflight)
                // How fast the server answers, which makes it ready or worth a look, is this machine's affair.
                .containsPattern("[✓!] server +https://\\S+ answered in")
                .contains("! coverage", "nothing was ever published");
    }

    @Test
    @Order(2)
    void a_wrong_enrolment_key_is_refused_with_a_reason_and_leaves_nothing_behind() throws IOException {
        Path wrong = Files.writeString(folder.resolve("wrong.key"), "rlek_wrong\n");
        Result refused = host.tryToEnroll(server, wrong);
        assertThat(refused.exit()).isNotZero();
        assertThat(refused.out() + refused.err()).contains("enrollment-key").doesNotContain("Exception");
        assertThat(host.agent("status").exit()).isEqualTo(4);
    }

    @Test
    @Order(3)
    void an_enrolled_host_runs_an_agent_that_cannot_load_modules() {
        host.enroll(server, publisher.enrollmentKey(server, "--label", "env=test"));
        host.startAgent();
        String bounding = host.guest()
                .sh("sed -n 's/^Cap\\(Eff\\|Prm\\|Bnd\\):.//p' /proc/%d/status"
                        .formatted(host.agent().pid()));
        bounding.lines()
                .forEach(hex -> assertThat(Long.parseUnsignedLong(hex.strip(), 16) >> 16 & 1)
                        .as("CAP_SYS_MODULE in %s", hex)
                        .isZero());
    }

    @Test
    @Order(4)
    void a_published_level_reaches_the_host_by_itself_and_the_fleet_knows() {
        var boot = host.guest().bootId();
        assertThat(publisher.upload(server, publisher.bundle(module, 1)).exit()).isZero();
        host.awaitInForce(1, SOON);
        assertThat(host.guest().sh("cat /proc/version")).contains("[rebootless fix 1]");
        assertThat(host.guest().bootId()).isEqualTo(boot);
        awaitFleet("protected");
        assertThat(publisher.ask(server, "gate", "--cve", "CVE-2026-0001").exit())
                .isZero();
    }

    @Test
    @Order(5)
    void nobody_can_tell_about_a_cve_that_no_bundle_names() {
        assertThat(publisher.ask(server, "gate", "--cve", "CVE-2026-0002").exit())
                .isEqualTo(2);
        assertThat(publisher
                        .ask(server, "gate", "--cve", "CVE-2026-0001", "--label", "env=none")
                        .exit())
                .isEqualTo(2);
    }

    @Test
    @Order(6)
    void a_held_host_stays_where_it_is_and_is_exposed_to_what_the_next_level_fixes() {
        assertThat(host.agent("revert --reason 'not on a Friday'").exit()).isZero();
        assertThat(host.level()).isZero();
        assertThat(host.guest().sh("cat /proc/version")).doesNotContain("[rebootless fix 1]");
        assertThat(host.agent("status").exit()).isEqualTo(3);
        assertThat(publisher.upload(server, publisher.bundle(module, 2)).exit()).isZero();
        awaitFleet("attention");
        assertThat(publisher.ask(server, "gate", "--cve", "CVE-2026-0002").exit())
                .isEqualTo(1);
        assertThat(host.level()).isZero();
    }

    @Test
    @Order(7)
    void resumed_it_takes_the_newest_level_in_one_step() {
        host.agent("resume");
        host.awaitInForce(2, SOON);
        assertThat(host.guest().sh("cat /proc/execdomains")).contains("[rebootless fix 2]");
        awaitFleet("protected");
        Result status = host.agent("status");
        assertThat(status.exit()).as(status.toString()).isZero();
    }

    @Test
    @Order(8)
    void an_agent_killed_and_started_again_settles_without_touching_the_kernel() {
        String before = host.guest().sh("dmesg | grep -c 'rebootless: level'");
        host.agent().signal("KILL");
        host.startAgent();
        host.await("status 0", "rebootless-agent status", SOON);
        assertThat(host.guest().sh("dmesg | grep -c 'rebootless: level'")).isEqualTo(before);
    }

    @Test
    @Order(9)
    void after_a_power_cut_the_cached_level_is_applied_before_the_server_is_there() {
        server.close();
        host.powerCutAndBoot();
        assertThat(host.level()).isZero();
        host.startAgent();
        host.awaitInForce(2, SOON);
        server = server.startAgain();
    }

    @Test
    @Order(10)
    void what_the_server_knows_survives_its_restart_and_the_host_finds_it_again() {
        awaitFleet("protected");
        assertThat(publisher.ask(server, "gate", "--cve", "CVE-2026-0002").exit())
                .isZero();
    }

    @Test
    @Order(11)
    void a_file_altered_in_the_servers_own_store_is_not_handed_out_until_it_is_uploaded_again() throws IOException {
        host.agent("revert --reason 'to fetch anew'");
        host.agent().signal("TERM");
        host.agent().await(SOON);
        host.guest().sh("rm -f /var/lib/rebootless/bundles/*");
        byte[] level2 = Files.readAllBytes(folder.resolve("level-2.rlb"));
        Path stored = server.blobs().stream()
                .filter(file -> file.toFile().length() == level2.length)
                .findFirst()
                .orElseThrow();
        byte[] altered = level2.clone();
        altered[altered.length / 2] ^= 1;
        Files.write(stored, altered);
        try {
            Result resumed = host.agent("resume");
            assertThat(resumed.exit()).as(resumed.toString()).isEqualTo(2);
            assertThat(resumed.out()).contains("fetch-failed");
            assertThat(host.level()).isZero();
            assertThat(stored).as("set aside").doesNotExist();
        } finally {
            assertThat(publisher.upload(server, folder.resolve("level-2.rlb")).exit())
                    .isZero();
        }
        // What has failed is tried again at once when somebody asks.
        host.agent("once");
        host.startAgent();
        host.awaitInForce(2, SOON);
    }

    @Test
    @Order(12)
    void a_bundle_of_a_publisher_whom_the_server_trusts_but_not_the_host_stops_at_the_host() {
        var intruder = Publisher.create(folder, "intruder");
        intruder.trustedBy(server);
        Path bundle = folder.resolve("intruder.rlb");
        publisher.must(
                "bundle",
                "create",
                "--image",
                module.sample(2).toString(),
                "--kernel",
                module.kernel().vmlinuz().toString(),
                "--level",
                "3",
                "--publication",
                "intrusion",
                "--title",
                "Not yours",
                "--cve",
                "CVE-2026-0001",
                "--cve",
                "CVE-2026-0002",
                "--out",
                bundle.toString());
        intruder.sign(bundle);
        // A rollout with rings would halt at once, and tell the host to run what was good: it is to go on refusing.
        assertThat(publisher
                        .ask(server, "rollout", "plan", "intrusion", "--plan", "at-once")
                        .exit())
                .isZero();
        assertThat(intruder.upload(server, bundle).exit()).isZero();
        host.await(
                "refused by the agent",
                h -> publisher.ask(server, "fleet", "status").out().contains("untrusted-signer"),
                SOON);
        assertThat(host.level()).isEqualTo(2);
        assertThat(host.agent("status").exit()).isEqualTo(2);
    }

    private static void awaitFleet(String protection) {
        host.await(
                "the fleet shows " + protection,
                h -> {
                    String json = publisher
                            .ask(server, "fleet", "status", "--label", "env=test", "--json")
                            .out();
                    return json.contains("\"protection\":\"%s\"".formatted(protection))
                            && json.contains(h.guest().bootId().toString());
                },
                SOON);
    }
}
