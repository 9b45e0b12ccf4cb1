package io.rebootless.product;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.guest.Kernels;
import io.rebootless.guest.Result;
import io.rebootless.module.KernelGuest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * A host on which nothing of ours is in the kernel, whose agent loads livepatches itself ({@code loader = direct}), from
 * enrolment to its last level's withdrawal. Each test starts where the one before it has left the host. That an agent with
 * the module does without the capability is {@link FleetSystemTest}'s.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DirectLoaderSystemTest {
    private static final Duration SOON = Duration.ofMinutes(5);

    /** CAP_DAC_READ_SEARCH and CAP_SYS_MODULE. */
    private static final long CAPABILITIES = 1 << 2 | 1 << 16;

    @TempDir
    static Path folder;

    static PatchServerProcess server;
    static Publisher publisher;
    static ModuleBuild module;
    static Host host;

    @BeforeAll
    static void a_server_a_publisher_and_a_host_without_the_module() {
        module = ModuleBuild.of(Kernels.orSkip("newest-6.1"));
        server = PatchServerProcess.start(folder.resolve("server"));
        // A rollout with rings would halt when the host refuses, and tell it to run what was good.
        ServerAdmin.of(server).releaseAtOnce();
        publisher = Publisher.create(folder, "publisher");
        publisher.trustedBy(server);
        Path agent = Host.agentLayer(folder.resolve("agent.cpio"));
        host = Host.bootWithoutModule(folder, agent, module, publisher);
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

    private static void awaitInForce(int level) {
        host.await("level " + level, """
                cd /sys/kernel/livepatch/rebootless_sample_%d &&
                grep -qx 1 enabled && grep -qx 0 transition && [ "$(ls ..)" = rebootless_sample_%1$d ]""".formatted(level), SOON);
    }

    private static boolean shows(int fix) {
        String file = fix == 1 ? "/proc/version" : "/proc/execdomains";
        return host.guest().sh("cat " + file).contains("[rebootless fix %d]".formatted(fix));
    }

    private static int loads() {
        return Integer.parseInt(host.guest().sh("dmesg | grep -c 'livepatch: enabling patch' || true"));
    }

    /** Reads the state file until then: each {@code status} is a Java that takes the guest's only core from the service. */
    private static void awaitStatus(String standing, int exit, String... words) {
        host.await(standing, any -> StateFiles.look(host.guest()).standing().equals(standing), SOON);
        host.await(
                "status " + standing,
                any -> {
                    Result status = host.agent("status");
                    return status.exit() == exit && Arrays.stream(words).allMatch(status.out()::contains);
                },
                SOON);
    }

    private static void withdraw(String publication) {
        Result withdrawn =
                publisher.ask(server, "publication", "withdraw", publication, "--yes", "--reason", "no good");
        assertThat(withdrawn.exit()).as(withdrawn.toString()).isZero();
    }

    @Test
    @Order(1)
    void before_it_is_enrolled_preflight_asks_for_insmod_and_the_capability_and_for_nothing_of_ours() {
        Result preflight = host.preflight(server);
        assertThat(preflight.exit()).as(preflight.toString()).isLessThan(2);
        assertThat(preflight.out())
                .containsPattern("✓ loader +/bin/insmod")
                .containsPattern("✓ module-capability ")
                .containsPattern("✓ module +not needed: loader = direct")
                .containsPattern("✓ trust +1 publisher .*nothing seals them");
    }

    @Test
    @Order(2)
    void an_enrolled_agent_has_what_its_drop_in_gives_and_the_kernel_has_nothing_of_ours() {
        host.enroll(server, publisher.enrollmentKey(server));
        host.startAgent();
        String sets = host.guest()
                .sh("sed -n 's/^Cap\\(Eff\\|Prm\\|Bnd\\):.//p' /proc/%d/status"
                        .formatted(host.agent().pid()));
        sets.lines()
                .forEach(hex -> assertThat(Long.parseUnsignedLong(hex.strip(), 16))
                        .as("capabilities")
                        .isEqualTo(CAPABILITIES));
        host.guest().sh("[ ! -e /sys/kernel/rebootless ] && [ ! -e /usr/lib/rebootless/rebootless-load ]");
        assertThat(host.agent("status").out())
                .contains("✓ loads livepatches itself (loader = direct)")
                .contains("✓ trusts 1 publisher, 1 must sign; nobody verifies after this agent")
                .doesNotContain("module is not loaded");
    }

    @Test
    @Order(3)
    void a_published_level_is_in_force_by_busyboxs_insmod() {
        Result uploaded = publisher.upload(server, publisher.bundle(module, 1));
        assertThat(uploaded.exit()).as(uploaded.toString()).isZero();
        awaitInForce(1);
        assertThat(shows(1)).isTrue();
        awaitStatus("settled", 0, "✓ level 1 (rebootless_sample_1) is in force for every task");
        host.await(
                "the fleet knows",
                any -> publisher
                        .ask(server, "fleet", "status", "--json")
                        .out()
                        .contains("\"protection\":\"protected\""),
                SOON);
        assertThat(publisher.ask(server, "gate", "--cve", "CVE-2026-0001").exit())
                .isZero();
    }

    @Test
    @Order(4)
    void the_next_level_takes_its_place_by_kmods_insmod() {
        host.guest().sh("for name in insmod rmmod; do ln -s /bin/kmod /usr/sbin/$name; done");
        assertThat(publisher.upload(server, publisher.bundle(module, 2)).exit()).isZero();
        awaitInForce(2);
        assertThat(shows(1)).isTrue();
        assertThat(shows(2)).isTrue();
        awaitStatus("settled", 0, "level 2");
        host.guest().sh("[ -z \"$(ls /run/rebootless/spool)\" ] && [ $(stat -c %a /run/rebootless/spool) = 700 ]");
    }

    @Test
    @Order(5)
    void an_agent_killed_and_started_again_knows_what_it_has_loaded() {
        int before = loads();
        host.agent().signal("KILL");
        host.startAgent();
        awaitStatus("settled", 0, "level 2", "the service runs");
        assertThat(loads()).isEqualTo(before);
    }

    @Test
    @Order(6)
    void what_a_publisher_has_signed_whom_this_host_does_not_trust_is_not_loaded() {
        int before = loads();
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
        assertThat(intruder.upload(server, bundle).exit()).isZero();
        awaitStatus("refused", 2, "untrusted-signer");
        assertThat(loads()).isEqualTo(before);
        assertThat(shows(2)).isTrue();
        withdraw("intrusion");
        awaitStatus("settled", 0, "level 2");
    }

    @Test
    @Order(7)
    void after_a_power_cut_the_cached_level_is_in_force_before_the_server_is_there() {
        server.close();
        host.powerCutAndBoot();
        assertThat(shows(1)).isFalse();
        host.startAgent();
        awaitInForce(2);
        assertThat(shows(2)).isTrue();
        server = server.startAgain();
    }

    @Test
    @Order(8)
    void what_was_altered_in_the_cache_is_not_loaded_but_fetched_again() throws IOException {
        Result reverted = host.agent("revert --reason 'to alter it'");
        assertThat(reverted.exit()).as(reverted.toString()).isZero();
        host.guest().sh("[ -z \"$(ls /sys/kernel/livepatch)\" ] && [ ! -e /sys/module/rebootless_sample_2 ]");
        byte[] level2 = Files.readAllBytes(folder.resolve("level-2.rlb"));
        byte[] altered = level2.clone();
        altered[altered.length / 2] ^= 1;
        String cached = host.guest().sh("find /var/lib/rebootless/bundles -type f -size %dc".formatted(level2.length));
        host.guest().push(altered, cached.lines().findFirst().orElseThrow());
        host.agent("resume");
        host.agent("once");
        awaitInForce(2);
        assertThat(host.agent("history -n 50").out()).contains("digest-mismatch");
        awaitStatus("settled", 0, "level 2");
    }

    @Test
    @Order(9)
    void withdrawn_to_none_it_is_off_and_out_of_the_kernel() {
        withdraw("2026-11-22.2");
        awaitInForce(1);
        assertThat(shows(2)).isFalse();
        awaitStatus("settled", 0, "level 1");
        withdraw("2026-11-22.1");
        host.await(
                "nothing in force or loaded",
                "[ -z \"$(ls /sys/kernel/livepatch)\" ] && ! ls -d /sys/module/rebootless_sample_* 2>/dev/null",
                SOON);
        assertThat(shows(1)).isFalse();
        awaitStatus("idle", 3, "no livepatch of ours is in force");
        KernelGuest.of(host.guest()).assertHealthy();
    }
}
