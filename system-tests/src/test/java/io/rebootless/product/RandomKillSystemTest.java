package io.rebootless.product;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.guest.GuestDied;
import io.rebootless.guest.Kernels;
import io.rebootless.product.Levels.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The plug is pulled at random moments while the agent fetches, applies, watches, settles and turns off what changing
 * orders tell it: a few times, 200 times with {@code -Drebootless.long=true}, or as often as {@code -Drebootless.kills=}
 * says. {@code -Drebootless.seed=} repeats a run as far as a kill can be repeated.
 */
class RandomKillSystemTest {
    private static final int KILLS =
            Integer.getInteger("rebootless.kills", Boolean.getBoolean("rebootless.long") ? 200 : 12);

    /** A host that is stuck stays stuck; one that is slow beside other work on the machine is not. */
    private static final Duration SOON = Duration.ofMinutes(15);
    /** From the agent's start, which takes a second or more, or from new orders, to a level in force and beyond. */
    private static final int LONGEST_LIFE_MILLIS = 5000;

    private static final int SOAK_SECONDS = 2;
    private static final String PANICS = "rebootless_test_panics_at_once";
    private static final Set<String> RESTFUL = Set.of("idle", "settled", "failed", "held", "refused");

    @TempDir
    Path folder;

    private final KillLedger ledger = new KillLedger();
    /** Published and not withdrawn, the newest last. */
    private final List<Level> offered = new ArrayList<>();

    private final List<Level> published = new ArrayList<>();
    /** Identities of bundles that take a host down, and of those that have since quarantines were last lifted. */
    private final Set<String> misbehaving = new HashSet<>();

    private final Set<String> culprits = new HashSet<>();
    private int crashes;

    @Test
    @Timeout(value = 8, unit = TimeUnit.HOURS)
    void a_host_killed_at_any_moment_comes_back_and_never_applies_again_what_it_was_killed_under() {
        long seed = Long.getLong("rebootless.seed", System.nanoTime());
        System.out.printf("RandomKillSystemTest: %d kills, -Drebootless.seed=%d%n", KILLS, seed);
        var random = new Random(seed);
        var module = ModuleBuild.of(Kernels.orSkip("newest-6.1"));
        try (var fleet = GuardedHost.start(folder, module, SOAK_SECONDS)) {
            offer(fleet.levels().sample(1));
            fleet.host().startAgent();
            comeToRest(fleet);
            for (int kill = 1; kill <= KILLS; kill++) {
                if (random.nextInt(3) > 0) {
                    comeToRest(fleet);
                    changeOrders(fleet, random);
                }
                pause(random.nextInt(LONGEST_LIFE_MILLIS));
                kill(fleet);
                System.out.printf(
                        "kill %d of %d, with bundles %s not to be applied again%n",
                        kill,
                        KILLS,
                        ledger.forbidden().stream()
                                .map(bundle -> bundle.substring(0, 12))
                                .sorted()
                                .toList());
            }
            comeToRest(fleet);
            assertThat(fleet.host().boots())
                    .as("boots: the first, one for each kill, one for each bundle that took the host down")
                    .isEqualTo(1 + KILLS + crashes);
        }
    }

    private void offer(Level level) {
        offered.add(level);
        published.add(level);
    }

    /** Waits until the host is where its orders and its quarantines leave it, and the server knows. */
    private void comeToRest(GuardedHost fleet) {
        long end = System.nanoTime() + SOON.toNanos();
        while (!atRest(fleet)) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not at rest within %s with %s offered; level %d, %s%n%s%n%s"
                        .formatted(
                                SOON,
                                offered,
                                fleet.host().level(),
                                StateFiles.look(fleet.host().guest()),
                                ledger.lines(),
                                fleet.host().agent().log()));
            }
            // A look costs the guest's only core more than a moment.
            pause(1000);
        }
    }

    private boolean atRest(GuardedHost fleet) {
        try {
            var guest = fleet.host().guest();
            String boot = guest.bootId().toString();
            var files = StateFiles.look(guest);
            boolean rests = files.reported()
                    && RESTFUL.contains(files.standing())
                    && files.boot().equals(boot)
                    && fleet.admin().host().path("bootId").asString("").equals(boot)
                    && inOrder(fleet.host().level(), files.quarantined());
            if (rests) {
                ledger.follow(files);
                assertThat(files.quarantined()).as(ledger.lines()).isEqualTo(ledger.forbidden());
                assertThat(StateFiles.leftDrafts(guest)).isEmpty();
            }
            return rests;
        } catch (GuestDied e) {
            if (!e.panicked()) {
                throw e;
            }
            crashes++;
            comeBack(fleet);
            return false;
        }
    }

    /** Whether this is a level to be in force now: what is ordered, or what had once settled in its place. */
    private boolean inOrder(long level, Set<String> quarantined) {
        if (offered.isEmpty()) {
            return level == 0;
        }
        var ordered = offered.get(offered.size() - 1);
        if (!quarantined.contains(ordered.identity())) {
            return level == ordered.number();
        }
        return level == 0
                || published.stream()
                        .filter(one -> one.number() == level)
                        .map(Level::identity)
                        .anyMatch(
                                identity -> ledger.everSettled().contains(identity) && !quarantined.contains(identity));
    }

    private void kill(GuardedHost fleet) {
        fleet.host().guest().powerCut();
        comeBack(fleet);
    }

    /** Boots what has ended, looks at what is left, and starts the agent. */
    private void comeBack(GuardedHost fleet) {
        boolean panicked = fleet.host().guest().panicked();
        fleet.host().bootAgain();
        var files = StateFiles.read(fleet.host().guest());
        ledger.killed(files);
        if (panicked) {
            String suspect = files.attempt().orElse("nothing");
            assertThat(misbehaving).as("what may take a host down: " + files).contains(suspect);
            assertThat(culprits.add(suspect))
                    .as("a second time:%n%s", ledger.lines())
                    .isTrue();
        }
        fleet.host().startAgent();
    }

    private void changeOrders(GuardedHost fleet, Random random) {
        int dice = random.nextInt(10);
        if (dice < 5) {
            offer(fleet.levels().sample(1 + random.nextInt(2)));
        } else if (dice < 6) {
            var level = fleet.levels().misbehaving(PANICS);
            misbehaving.add(level.identity());
            offer(level);
        } else if (dice < 8) {
            culprits.clear();
            fleet.admin().liftQuarantines();
        } else {
            // Sometimes all of them: then nothing of ours shall be in force.
            for (int i = random.nextInt(3); i >= 0 && !offered.isEmpty(); i--) {
                fleet.admin().withdraw(offered.remove(offered.size() - 1).identity());
            }
        }
    }

    private static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
