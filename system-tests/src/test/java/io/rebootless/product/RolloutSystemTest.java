package io.rebootless.product;

import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.guest.Kernels;
import io.rebootless.module.KernelGuest;
import io.rebootless.product.Levels.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Three hosts and the plan that applies when nobody has written one: what a bad publication does to a fleet. One story;
 * each test publishes above the levels before it.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class RolloutSystemTest {
    private static final Duration SOON = Duration.ofMinutes(6);
    private static final int HOSTS = 3;
    private static final int SOAK = 3;
    /** The least that an agent takes. */
    private static final int TRANSITION = 60;

    @TempDir
    static Path folder;

    static ModuleBuild module;
    static PatchServerProcess server;
    static ServerAdmin admin;
    static Levels levels;
    static final List<Host> HOSTS_BOOTED = new ArrayList<>();

    @BeforeAll
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    static void three_hosts_of_one_kernel_build() throws IOException {
        module = ModuleBuild.of(Kernels.orSkip("newest-6.1"));
        Path certificate =
                Files.write(folder.resolve("alice.der"), alice().certificate().der());
        server = PatchServerProcess.start(folder.resolve("server"));
        Files.copy(certificate, server.trustDirectory().resolve("alice.der"));
        admin = ServerAdmin.of(server);
        Path key = Files.writeString(folder.resolve("enrollment.key"), admin.enrollmentKey(HOSTS));
        Path agent = Host.agentLayer(folder.resolve("agent.cpio"));
        for (int i = 0; i < HOSTS; i++) {
            var host = Host.boot(Files.createDirectory(folder.resolve("host-" + i)), agent, module, certificate);
            HOSTS_BOOTED.add(host);
            host.guest().sh("hostname host-" + i);
            host.enroll(server, key);
            host.configure("soak.seconds", SOAK);
            host.configure("transition.seconds", TRANSITION);
            host.startAgent();
        }
        levels = new Levels(
                admin, module, KernelGuest.of(HOSTS_BOOTED.get(0).guest()).build());
    }

    @AfterAll
    static void off() {
        HOSTS_BOOTED.forEach(Host::close);
        if (server != null) {
            server.close();
        }
    }

    @Test
    @Order(1)
    void a_good_level_reaches_all_of_them_ring_by_ring() {
        var good = levels.sample(1);
        awaitBuild(good, build -> build.path("state").asString().equals("completed"));
        HOSTS_BOOTED.forEach(host -> host.awaitInForce(good.number(), SOON));
        assertThat(admin.get("/api/v1/audit?action=rollout.ring-begun&limit=100")
                        .path("items")
                        .size())
                .as("rings after the first")
                .isEqualTo(3);
    }

    @Test
    @Order(2)
    void a_level_that_panics_takes_one_host_and_spares_the_others() {
        var bad = levels.misbehaving("rebootless_test_panics_at_once");
        var canary = awaitOne(host -> !host.guest().isRunning());
        canary.awaitCrash(SOON);
        canary.bootAgain();
        canary.startAgent();
        var build = awaitBuild(bad, seen -> seen.path("state").asString().equals("halted"));
        assertThat(build.path("quarantined").asBoolean()).isTrue();
        assertThat(build.path("hosts").path("incident").asInt()).isEqualTo(1);
        assertThat(build.path("hosts").path("drawn").asInt()).as("spared").isEqualTo(2);
        HOSTS_BOOTED.forEach(host -> host.awaitInForce(1, SOON));
        for (Host host : HOSTS_BOOTED) {
            boolean tried = StateFiles.look(host.guest()).handOvers(bad.identity()) > 0;
            assertThat(tried).as("handed the bad level").isEqualTo(host == canary);
        }
    }

    @Test
    @Order(3)
    @LongRunOnly
    void a_level_whose_transition_stalls_is_reversed_on_one_host_and_spares_the_others() {
        var sleepers = HOSTS_BOOTED.stream()
                .map(host -> {
                    var loaded = Sleepers.load(host.guest(), module);
                    loaded.sleep();
                    return loaded;
                })
                .toList();
        var stalls = levels.misbehaving("rebootless_test_stall_1");
        var build = awaitBuild(stalls, seen -> seen.path("state").asString().equals("halted"));
        assertThat(build.path("hosts").path("failed").asInt()).isEqualTo(1);
        assertThat(build.path("hosts").path("drawn").asInt()).as("spared").isEqualTo(2);
        assertThat(members(stalls, "failed").get(0).path("detail").asString()).startsWith("transition-stalled: ");
        HOSTS_BOOTED.forEach(host -> host.awaitInForce(1, SOON));
        sleepers.forEach(Sleepers::wake);
    }

    @Test
    @Order(4)
    @LongRunOnly
    void a_withdrawn_publication_is_gone_from_all_of_them_and_they_prove_it() {
        var next = levels.sample(2);
        awaitBuild(next, build -> build.path("state").asString().equals("completed"));
        HOSTS_BOOTED.forEach(host -> host.awaitInForce(next.number(), SOON));
        admin.withdraw(next.identity());
        HOSTS_BOOTED.forEach(host -> host.awaitInForce(1, SOON));
        admin.get("/api/v1/hosts")
                .path("items")
                .forEach(host -> assertThat(host.path("state").asString()).isNotEqualTo("failed"));
        admin.withdrawPublication("2026-11-22.1");
        for (Host host : HOSTS_BOOTED) {
            host.await(
                    "nothing in force",
                    "[ -z \"$(ls /sys/kernel/livepatch)\" ] && ! grep -q rebootless_level /proc/modules",
                    SOON);
        }
        for (int i = 0; i < HOSTS; i++) {
            awaitHosts(
                    "nothing in force, as the server has heard",
                    host -> host.path("level").asInt() == 0);
        }
    }

    private static List<JsonNode> members(Level level, String state) {
        return admin.get("/api/v1/rollouts/2026-11-22.%d/hosts?state=%s".formatted(level.number(), state))
                .path("items")
                .valueStream()
                .toList();
    }

    /** Waits until the rollout of a level is so; returns it. */
    private static JsonNode awaitBuild(Level level, Predicate<JsonNode> condition) {
        long end = System.nanoTime() + SOON.toNanos();
        while (true) {
            JsonNode build = admin.get("/api/v1/rollouts/2026-11-22." + level.number())
                    .path("builds")
                    .path(0);
            if (condition.test(build)) {
                return build;
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("not within %s: %s".formatted(SOON, build));
            }
            pause();
        }
    }

    private static void awaitHosts(String what, Predicate<JsonNode> condition) {
        long end = System.nanoTime() + SOON.toNanos();
        while (!admin.get("/api/v1/hosts").path("items").valueStream().allMatch(condition)) {
            if (System.nanoTime() > end) {
                throw new AssertionError("%s: not within %s: %s".formatted(what, SOON, admin.get("/api/v1/hosts")));
            }
            pause();
        }
    }

    private static Host awaitOne(Predicate<Host> condition) {
        long end = System.nanoTime() + SOON.toNanos();
        while (System.nanoTime() < end) {
            for (Host host : HOSTS_BOOTED) {
                if (condition.test(host)) {
                    return host;
                }
            }
            pause();
        }
        throw new AssertionError("no host within " + SOON);
    }

    private static void pause() {
        try {
            Thread.sleep(500);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
