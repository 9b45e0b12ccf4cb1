package io.rebootless.product;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.guest.Kernels;
import io.rebootless.product.Levels.Level;
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

/** A livepatch that takes the host down, and what becomes of the host. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class CrashGuardSystemTest {
    private static final Duration SOON = Duration.ofMinutes(5);
    private static final int SHORT_SOAK = 8;
    private static final String SUSPECTED = "suspected-crash";

    @TempDir
    static Path folder;

    static ModuleBuild module;
    static GuardedHost fleet;
    static Host host;
    /** The last one that has settled and is not in quarantine. */
    static Level good;

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
