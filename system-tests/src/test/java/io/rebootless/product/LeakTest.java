package io.rebootless.product;

import static io.rebootless.testing.TestPublishers.alice;
import static io.rebootless.testing.TestPublishers.bob;
import static io.rebootless.testing.TestPublishers.mallory;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.guest.DebianKernel;
import io.rebootless.testing.TestBundles;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;

/** What a thousand refusals leave in the kernel's memory: nothing. */
@KernelScenarios
@Timeout(value = 40, unit = TimeUnit.MINUTES)
class LeakTest {
    @Parameter
    DebianKernel debian;

    private static final int ROUNDS = Boolean.getBoolean("rebootless.long") ? 1000 : 200;

    /** Half a bundle is staged in each round: one lost in ten rounds would be {@code ROUNDS / 10 * 40} KiB. */
    private static final long NOISE_KIB = 512;

    /** One object lost in each round is {@code ROUNDS} of its cache; what else a guest does moves some dozens. */
    private static final long NOISE_OBJECTS = ROUNDS * 3 / 4;

    /**
     * IMA keeps a copy of every key that is made in the first five minutes of a boot, in case a policy wants it measured
     * (security/integrity/ima/ima_queue_keys.c). A policy of any kind ends that at once.
     */
    private static final String IMA_LETS_GO = """
            mount -t securityfs securityfs /sys/kernel/security
            policy=/sys/kernel/security/ima/policy
            [ ! -e $policy ] || echo 'dont_measure fsmagic=0x9fa0' >$policy""";

    private SealedGuest host;

    @BeforeParameterizedClassInvocation
    void boot() {
        host = SealedGuest.boot(debian);
    }

    @AfterParameterizedClassInvocation
    void off() {
        host.close();
    }

    @Test
    void rounds_of_staging_and_refusal_leave_neither_slab_nor_vmalloc_behind() {
        var kernel = host.kernel();
        // Refused late, each for another reason and with another part of the way behind it.
        host.guest().push(host.samples().level(1, mallory()), "/tmp/1");
        host.guest()
                .push(
                        TestBundles.trust(
                                1,
                                TestBundles.trustSet(1, 2, bob().certificate().der(), new byte[9]),
                                alice()),
                        "/tmp/2");
        host.guest().push(host.samples().image("rebootless_test_init_fails", 1, alice()), "/tmp/3");
        host.guest().push(host.samples().of(TestBundles.KERNEL, 1, 0, alice()), "/tmp/4");

        host.guest().sh(IMA_LETS_GO);
        rounds(20); // what is allocated once is allocated now
        Memory before = memory();
        rounds(ROUNDS);
        Memory after = memory();

        assertThat(after.ours()).as("vmalloc areas that are ours").isZero();
        assertThat(after.vmallocKib() - before.vmallocKib()).as("vmalloc, KiB").isLessThan(NOISE_KIB);
        assertThat(after.grownSince(before)).as("objects of slab caches").isEmpty();
        assertThat(kernel.read("level")).isEqualTo("0");
        assertThat(host.guest().sh("lsmod")).doesNotContain("rebootless_test");
    }

    private void rounds(int count) {
        host.guest().sh("""
                        for i in $(seq %d); do
                            for word in upgrade:1 trust:2 upgrade:3 upgrade:4; do
                                cat /tmp/${word#*:} >/sys/kernel/rebootless/bundle
                                echo ${word%%:*} 2>/dev/null >/sys/kernel/rebootless/apply
                            done
                            # Half a bundle, dropped by a write out of place.
                            head -c 40000 /tmp/1 >/sys/kernel/rebootless/bundle
                            echo x | dd of=/sys/kernel/rebootless/bundle bs=1 seek=7 conv=notrunc 2>/dev/null
                        done; true""".formatted(count), Duration.ofMinutes(30));
    }

    /**
     * What the kernel has in use.
     *
     * @param slab objects of each slab cache
     */
    private record Memory(long vmallocKib, long ours, Map<String, Long> slab) {
        /** By how many objects which caches have grown, the guest's noise left out. */
        Map<String, Long> grownSince(Memory before) {
            var grown = new TreeMap<String, Long>();
            slab.forEach((cache, objects) -> grown.put(cache, objects - before.slab.getOrDefault(cache, 0L)));
            grown.values().removeIf(objects -> objects < NOISE_OBJECTS);
            return grown;
        }
    }

    /**
     * After what is freed late (keys by their collector, sysfs nodes by RCU) has been freed, and each processor has given
     * back the free objects that it keeps at hand, which count as used.
     */
    private Memory memory() {
        String numbers = host.guest().sh("""
                sleep 3; sync; echo 3 >/proc/sys/vm/drop_caches; sleep 2
                for cache in /sys/kernel/slab/*/shrink; do echo 1 >$cache; done
                awk '/vmalloc|vmap/ { sum += $2 } END { printf "%.0f\\n", sum / 1024 }' /proc/vmallocinfo
                grep -c 'make_room\\|rl_stage' /proc/vmallocinfo || true
                awk 'NR > 2 { print $1, $2 }' /proc/slabinfo""");
        var lines = new ArrayDeque<>(numbers.lines().toList());
        return new Memory(
                Long.parseLong(lines.remove()),
                Long.parseLong(lines.remove()),
                lines.stream()
                        .map(line -> line.split(" "))
                        .collect(Collectors.toMap(cache -> cache[0], cache -> Long.valueOf(cache[1]), Long::sum)));
    }
}
