package io.rebootless.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The kernel with checkers: they are there and work, and what it boots gives them no reason to speak. */
@EnabledIfSystemProperty(
        named = "rebootless.long",
        matches = "true",
        disabledReason = "it takes a quarter of an hour to compile")
class DebugKernelTest {
    static Guest guest;

    @BeforeAll
    @Timeout(value = 90, unit = TimeUnit.MINUTES)
    static void boot(@TempDir Path folder) {
        guest = Machine.with(Kernels.orSkip("debug-6.1"))
                .disk(Disk.create(folder.resolve("disk"), 16), "/mnt")
                .boot();
        guest.sh("mount -t debugfs debugfs /sys/kernel/debug");
    }

    @AfterAll
    static void off() {
        if (guest != null) {
            guest.close();
        }
    }

    @Test
    void boots_without_a_complaint() {
        assertThat(guest.sh("uname -r")).endsWith("-rebootless-debug");
        assertThat(guest.sh("dmesg")).doesNotContain("BUG:", "WARNING:", "UBSAN:", "INFO:");
    }

    @Test
    void drives_a_disk_and_a_network_without_modules() {
        assertThat(guest.sh("lsmod")).isEqualTo("Module                  Size  Used by    Not tainted");
        assertThat(guest.sh("grep /mnt /proc/mounts")).startsWith("/dev/vda /mnt ext4 rw");
        assertThat(guest.sh("ip -o link show eth0")).contains("UP,LOWER_UP");
    }

    @Test
    void has_lockdep_at_work_and_address_checks_in_every_function() {
        assertThat(guest.sh("cat /proc/lockdep_stats")).contains("debug_locks:                             1");
        assertThat(guest.sh("grep -c __asan_ /proc/kallsyms")).isNotEqualTo("0");
    }

    @Test
    void knows_of_no_leak() {
        guest.sh(
                "echo scan >/sys/kernel/debug/kmemleak; sleep 6; echo scan >/sys/kernel/debug/kmemleak",
                Duration.ofMinutes(5));
        assertThat(guest.sh("cat /sys/kernel/debug/kmemleak")).isEmpty();
    }

    @Test
    void fails_an_allocation_when_asked_to() {
        guest.sh("echo N >/sys/kernel/debug/failslab/ignore-gfp-wait");
        Result result = guest.run("echo 1 >/proc/self/fail-nth; : </etc/hosts");
        assertThat(result.exit()).isNotZero();
        assertThat(result.err()).contains("Cannot allocate memory");
    }

    @Test
    void trusts_a_publisher_of_our_tests_by_its_own_keyring() {
        assertThat(List.of(guest.sh("cat /proc/keys").split("\n")))
                .anyMatch(key -> key.contains("asymmetri bob (test): "))
                .anyMatch(key -> key.contains("keyring   .secondary_trusted_keys: "));
    }
}
