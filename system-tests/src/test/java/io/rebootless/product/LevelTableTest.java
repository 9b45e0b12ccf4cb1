package io.rebootless.product;

import static io.rebootless.testing.TestPublishers.alice;
import static io.rebootless.testing.TestPublishers.mallory;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.guest.DebianKernel;
import io.rebootless.module.KernelGuest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;

/**
 * Walks the ABI's table of what {@code level} and {@code patch} say, line by line. Levels 1 and 2 are livepatches of a
 * function in which the test can keep a task asleep, so that a transition goes on for as long as it takes to look.
 */
@KernelScenarios
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class LevelTableTest {
    @Parameter
    DebianKernel debian;

    private static final String LIVEPATCH = "/sys/kernel/livepatch/";
    private static final String LEVEL_1 = "rebootless_test_stall_1";
    private static final String LEVEL_2 = "rebootless_test_stall_2";
    private static final String REPLACING = "rebootless_sample_1";
    private static final String ON_TOP = "rebootless_test_on_top";

    private SealedGuest host;
    private KernelGuest kernel;
    private Sleepers sleepers;
    private final Map<String, Runnable> situations = new LinkedHashMap<>();

    @BeforeParameterizedClassInvocation
    void boot() {
        host = SealedGuest.boot(debian);
        kernel = host.kernel();
        sleepers = Sleepers.load(host);
        host.guest().push(host.module().sample(1), "/tmp/%s.ko".formatted(REPLACING));
        host.guest().push(host.module().testModule(ON_TOP), "/tmp/%s.ko".formatted(ON_TOP));
        describeSituations();
    }

    @AfterParameterizedClassInvocation
    void off() {
        host.close();
    }

    @Test
    void level_and_patch_say_in_every_situation_what_the_ABI_says() {
        var rows = AbiLevels.rows();
        assertThat(rows).extracting(AbiLevels.Row::situation).containsExactlyElementsOf(situations.keySet());
        var softly = new SoftAssertions();
        for (var row : rows) {
            situations.get(row.situation()).run();
            softly.assertThat(observe(row.situation())).isEqualTo(row);
            nothingInForce();
        }
        softly.assertAll();
    }

    private void describeSituations() {
        situations.put("nothing applied", () -> {});
        situations.put("1 staged, not applied", () -> kernel.stage(level(1)));
        situations.put(
                "1 refused",
                () -> assertThat(kernel.upgrade(host.samples().image(LEVEL_1, 1, mallory())))
                        .startsWith("ENOKEY untrusted-signer:"));
        situations.put("0 -> 1, in transition", () -> {
            sleepers.sleep();
            upgrade(1);
        });
        situations.put("1 in force", this::level1InForce);
        situations.put("1 in force, 2 refused", () -> {
            level1InForce();
            assertThat(kernel.upgrade(host.samples().image(LEVEL_2, 2, mallory())))
                    .startsWith("ENOKEY untrusted-signer:");
        });
        situations.put("1 in force, init of 2 fails", () -> {
            level1InForce();
            assertThat(kernel.upgrade(host.samples().image("rebootless_test_init_fails", 2, alice())))
                    .startsWith("ENODEV loader-failed:");
        });
        situations.put("1 -> 2, in transition", this::from1To2InTransition);
        situations.put("1 -> 2, being cancelled", () -> {
            from1To2InTransition();
            sleepers.sleep(); // in level 2's function, as new tasks run the new code
            disable(LEVEL_2);
        });
        situations.put("1 -> 2, cancelled", () -> {
            from1To2InTransition();
            disable(LEVEL_2);
            awaitGone(LEVEL_2);
            awaitLetGo(LEVEL_2);
        });
        situations.put("1 -> 2, finished", () -> {
            from1To2InTransition();
            sleepers.wake();
            kernel.awaitTransition();
        });
        situations.put("2 -> 1 by downgrade, in transition", this::from2To1InTransition);
        situations.put("2 -> 1 by downgrade, finished", () -> {
            from2To1InTransition();
            sleepers.wake();
            kernel.awaitTransition();
        });
        situations.put("1 disabled, in transition", () -> {
            level1InForce();
            sleepers.sleep();
            disable(LEVEL_1);
        });
        situations.put("1 disabled, finished", this::level1Disabled);
        situations.put("1 disabled and cleared", () -> {
            level1Disabled();
            assertThat(kernel.write("apply", "clear")).isEqualTo("ok");
            assertThat(host.guest().sh("lsmod")).doesNotContain(LEVEL_1);
        });
        situations.put("1 disabled, unloaded by rmmod", () -> {
            level1Disabled();
            host.guest().sh("rmmod " + LEVEL_1);
        });
        situations.put("1 replaced by a foreign livepatch", () -> {
            level1InForce();
            foreign(REPLACING);
        });
        situations.put("1 below a foreign livepatch", () -> {
            level1InForce();
            foreign(ON_TOP);
        });
        situations.put("foreign livepatch only", () -> foreign(REPLACING));
        // The last, for it cannot be undone on this boot.
        situations.put("1 disabled, forced through", () -> {
            level1InForce();
            sleepers.sleep();
            disable(LEVEL_1);
            host.guest().sh("echo 1 >%s%s/force".formatted(LIVEPATCH, LEVEL_1));
            awaitGone(LEVEL_1);
        });
    }

    private AbiLevels.Row observe(String situation) {
        String patch = kernel.read("patch");
        return new AbiLevels.Row(
                situation,
                kernel.read("level"),
                patch.isEmpty() ? "-" : "<" + patch.charAt(patch.length() - 1) + ">",
                state(patch, "enabled"),
                state(patch, "transition"));
    }

    private String state(String patch, String file) {
        return patch.isEmpty()
                ? "-"
                : host.guest().sh("cat %s%s/%s 2>/dev/null || echo -".formatted(LIVEPATCH, patch, file));
    }

    private void nothingInForce() {
        sleepers.wake();
        kernel.revert();
        host.guest().run("rmmod %s; rmmod %s".formatted(REPLACING, ON_TOP));
    }

    private byte[] level(int level) {
        return host.samples().image(level == 1 ? LEVEL_1 : LEVEL_2, level, alice());
    }

    private void upgrade(int level) {
        assertThat(kernel.upgrade(level(level))).isEqualTo("ok");
    }

    private void level1InForce() {
        upgrade(1);
        kernel.awaitTransition();
    }

    private void level1Disabled() {
        level1InForce();
        disable(LEVEL_1);
        awaitGone(LEVEL_1);
        awaitLetGo(LEVEL_1);
    }

    private void from1To2InTransition() {
        level1InForce();
        sleepers.sleep();
        upgrade(2);
    }

    private void from2To1InTransition() {
        upgrade(2);
        kernel.awaitTransition();
        sleepers.sleep();
        assertThat(kernel.apply(level(1), "downgrade")).isEqualTo("ok");
    }

    private void foreign(String module) {
        host.guest().sh("insmod /tmp/%s.ko".formatted(module));
        kernel.awaitTransition();
    }

    private void disable(String patch) {
        host.guest().sh("echo 0 >%s%s/enabled".formatted(LIVEPATCH, patch));
    }

    /** The kernel lets go of a module a moment after its livepatch's folder is gone. */
    private void awaitLetGo(String patch) {
        host.guest().sh("""
                for i in $(seq 600); do grep -qx %s /sys/kernel/rebootless/patch || exit 0; usleep 100000; done
                exit 1""".formatted(patch));
    }

    private void awaitGone(String patch) {
        host.guest().sh("""
                for i in $(seq 600); do [ -d %s%s ] || exit 0; usleep 100000; done
                exit 1""".formatted(LIVEPATCH, patch));
    }
}
