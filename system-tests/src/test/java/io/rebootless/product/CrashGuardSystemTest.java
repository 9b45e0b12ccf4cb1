package io.rebootless.product;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.guest.Kernels;
import io.rebootless.product.Levels.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
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
 * Livepatches that take the host down or hold it up, and what becomes of the host. One story on one disk: each test
 * publishes levels above those before it, and starts on a host that runs where the last one has left it. The one
 * that any run takes needs none of the others.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class CrashGuardSystemTest {
    private static final Duration SOON = Duration.ofMinutes(5);
    /** Longer than the livepatch that panics soon waits, which is 5 s. */
    private static final int SHORT_SOAK = 8;

    private static final int LONG_SOAK = 3600;
    private static final String PROBE = "/etc/rebootless/probes.d/shop";
    private static final String SUSPECTED = "suspected-crash";

    @TempDir
    static Path folder;

    static ModuleBuild module;
    static GuardedHost fleet;
    static Host host;
    /** The last one that has settled and is not in quarantine. */
    static Level good;
    /** One that is in the middle of its soak. */
    static Level watched;

    @BeforeAll
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    static void a_host_with_a_level_that_has_settled() {
        module = ModuleBuild.of(Kernels.orSkip("newest-6.1"));
        fleet = GuardedHost.start(folder, module, SHORT_SOAK);
        host = fleet.host();
        good = fleet.levels().sample(1);
        host.startAgent();
        awaitInForce("settled", good);
    }

    @AfterAll
    static void off() {
        if (fleet != null) {
            fleet.close();
        }
    }

    @Test
    @Order(1)
    void a_livepatch_that_panics_at_once_is_tried_once_and_what_was_in_force_comes_back() {
        var bad = fleet.levels().misbehaving("rebootless_test_panics_at_once");
        crashAndComeBack();
        assertQuarantined(bad, 1);
        assertThat(host.agent("once").exit()).as("not even when asked").isEqualTo(2);
        assertQuarantined(bad, 1);
    }

    @Test
    @Order(2)
    @LongRunOnly
    void one_that_panics_while_it_is_watched_is_tried_once_too() {
        var bad = fleet.levels().misbehaving("rebootless_test_panics_soon");
        crashAndComeBack();
        assertQuarantined(bad, 1);
    }

    @Test
    @Order(3)
    @LongRunOnly
    void one_that_panics_after_it_has_settled_gets_a_second_boot_and_no_third() {
        var bad = fleet.levels().misbehaving("rebootless_test_panics_in_use");
        for (int crash = 1; crash <= 2; crash++) {
            awaitInForce("settled", bad);
            host.guest().start("sleep 2; cat /proc/execdomains");
            crashAndComeBack();
        }
        assertQuarantined(bad, 2);
    }

    @Test
    @Order(4)
    @LongRunOnly
    void orderly_reboots_in_the_middle_of_a_soak_are_no_crashes() {
        host.configure("soak.seconds", LONG_SOAK);
        host.stopAgent();
        host.startAgent();
        watched = fleet.levels().sample(2);
        awaitInForce("soaking", watched);
        for (int reboot = 1; reboot <= 2; reboot++) {
            host.shutDown();
            host.bootAgain();
            host.startAgent();
            awaitInForce("soaking", watched);
        }
        var files = StateFiles.look(host.guest());
        assertThat(files.quarantined()).doesNotContain(watched.identity());
        assertThat(files.handOvers(watched.identity()))
                .as("each boot is another attempt")
                .isEqualTo(3);
    }

    @Test
    @Order(5)
    @LongRunOnly
    void an_agent_killed_or_restarted_in_the_middle_of_a_soak_goes_on_with_it_and_excuses_no_crash() {
        var before = StateFiles.look(host.guest());
        host.agent().signal("KILL");
        startAgentAnew();
        host.stopAgent();
        startAgentAnew();
        awaitInForce("soaking", watched);
        var after = StateFiles.look(host.guest());
        assertThat(after.inForceSince())
                .as("since when it is watched")
                .isNotEmpty()
                .isEqualTo(before.inForceSince());
        assertThat(after.handOvers(watched.identity())).isEqualTo(before.handOvers(watched.identity()));

        host.configure("soak.seconds", SHORT_SOAK);
        host.stopAgent();
        host.powerCutAndBoot();
        host.startAgent();
        assertQuarantined(watched, 3);
    }

    @Test
    @Order(6)
    @LongRunOnly
    void after_a_reboot_the_cached_level_is_in_force_without_any_network() {
        good = fleet.levels().sample(1);
        awaitInForce("settled", good);
        host.shutDown();
        host.bootAgain();
        host.guest().sh("ip link set eth0 down");
        host.startAgent();
        host.awaitInForce(good.number(), SOON);
        host.guest().sh("ip link set eth0 up; ip route add default via 10.0.2.2");
        awaitInForce("settled", good);
    }

    @Test
    @Order(7)
    @LongRunOnly
    void a_bundle_for_the_kernel_that_ran_before_is_not_tried_under_another_whose_build_is_reported() {
        var other = ModuleBuild.of(Kernels.orSkip("newest-5.10"));
        host.shutDown();
        host.bootAgain(other);
        host.startAgent();
        String release = other.kernel().release();
        fleet.awaitHeard(
                "the kernel build " + release,
                SOON,
                seen -> seen.path("kernel").path("release").asString().equals(release)
                        && seen.path("state").asString().equals("held"));
        String boot = host.guest().bootId().toString();
        assertThat(host.level()).isZero();
        assertThat(fleet.admin().history())
                .filteredOn(entry -> entry.path("bootId").asString().equals(boot))
                .noneMatch(entry -> entry.path("bundle").isString())
                .anyMatch(entry -> entry.path("detail").asString("").contains("another kernel build"));

        host.shutDown();
        host.bootAgain(module);
        host.startAgent();
        awaitInForce("settled", good);
    }

    @Test
    @Order(8)
    @LongRunOnly
    void a_probe_that_fails_takes_a_level_back_and_says_why() {
        host.guest().push("""
                        #!/bin/sh
                        echo "the shop answers 500 under level $REBOOTLESS_LEVEL"
                        ! grep -q 'fix 2' /proc/execdomains
                        """.getBytes(StandardCharsets.UTF_8), PROBE);
        host.guest().sh("chmod 700 " + PROBE);
        var unwanted = fleet.levels().sample(2);
        var seen = awaitFailure("probe-failed", unwanted);
        assertThat(seen.path("failure").path("message").asString())
                .contains("the shop answers 500 under level " + unwanted.number());
        assertThat(StateFiles.look(host.guest()).handOvers(unwanted.identity())).isEqualTo(1);
        host.guest().sh("rm " + PROBE);
    }

    @Test
    @Order(9)
    @LongRunOnly
    void a_transition_that_stalls_is_reversed_and_who_held_it_up_is_named() {
        host.configure("transition.seconds", 60);
        host.stopAgent();
        host.startAgent();
        var sleepers = Sleepers.load(host.guest(), module);
        long sleeper = sleepers.sleep();
        var stalls = fleet.levels().misbehaving("rebootless_test_stall_1");
        var seen = awaitFailure("transition-stalled", stalls);
        assertThat(seen.path("failure").path("message").asString()).contains("cat (%d)".formatted(sleeper));
        assertThat(seen.path("blocking").valueStream())
                .anyMatch(task -> task.path("pid").asLong() == sleeper
                        && task.path("name").asString().equals("cat"));
        sleepers.wake();
    }

    /** Starts the agent again in the same boot, and waits until it has looked round and asked the server. */
    private static void startAgentAnew() {
        String before = StateFiles.look(host.guest()).contact();
        host.startAgent();
        host.await(
                "another contact with the server",
                any -> !StateFiles.look(host.guest()).contact().equals(before),
                SOON);
    }

    private static void crashAndComeBack() {
        host.awaitCrash(SOON);
        host.bootAgain();
        host.startAgent();
    }

    /** Waits until the server has heard that the host is in this state with this level, which is in force. */
    private static void awaitInForce(String state, Level level) {
        fleet.awaitHeard(
                state + ": " + level,
                SOON,
                seen -> seen.path("state").asString().equals(state)
                        && seen.path("bundle").asString("").equals(level.identity())
                        && seen.path("level").asInt() == level.number());
    }

    /** Waits until the server has heard that a level has failed for this reason, and that the good one is in force. */
    private static JsonNode awaitFailure(String name, Level level) {
        return fleet.awaitHeard(
                name + ": " + level,
                SOON,
                seen -> seen.path("state").asString().equals("failed")
                        && seen.path("bundle").asString("").equals(level.identity())
                        && seen.path("failure").path("name").asString().equals(name)
                        && seen.path("level").asInt() == good.number());
    }

    /** The host has come back to what was good, and has tried the bad one so often and no more; the server knows. */
    private static void assertQuarantined(Level bad, int tries) {
        awaitFailure(SUSPECTED, bad);
        var files = StateFiles.read(host.guest());
        assertThat(files.quarantined()).contains(bad.identity());
        assertThat(files.handOvers(bad.identity())).isEqualTo(tries);
        assertThat(fleet.admin().knowsQuarantine(bad.identity(), SUSPECTED)).isTrue();
    }
}
