package io.rebootless.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class GuestEndTest {
    private final Machine machine = Machine.with(Kernels.orSkip("newest-6.1")).memory(256);

    @Test
    void a_panic_is_told_with_the_console_s_last_lines() {
        try (Guest guest = machine.boot()) {
            assertThatExceptionOfType(GuestDied.class)
                    .isThrownBy(() -> guest.sh("echo c >/proc/sysrq-trigger"))
                    .withMessageContaining("panicked")
                    .withMessageContaining("sysrq triggered crash")
                    .matches(GuestDied::panicked);
            assertThat(guest.isRunning()).isFalse();
        }
    }

    @Test
    void an_orderly_end_is_no_panic() {
        try (Guest guest = machine.boot()) {
            guest.powerOff();

            assertThat(guest.isRunning()).isFalse();
            assertThat(guest.panicked()).isFalse();
            assertThatExceptionOfType(GuestDied.class)
                    .isThrownBy(() -> guest.sh("true"))
                    .matches(death -> !death.panicked());
        }
    }

    @Test
    void a_disk_keeps_its_files_over_a_reboot_and_a_power_cut(@TempDir Path folder) {
        machine.disk(Disk.create(folder.resolve("disk"), 64), "/var/lib/rebootless");
        UUID firstBoot;
        Guest second;
        try (Guest first = machine.boot()) {
            firstBoot = first.bootId();
            first.push("kept".getBytes(), "/var/lib/rebootless/orderly");
            second = first.reboot();
        }
        try (second) {
            assertThat(second.bootId()).isNotEqualTo(firstBoot);
            assertThat(second.sh("cat /var/lib/rebootless/orderly")).isEqualTo("kept");
            second.sh("echo synced >/var/lib/rebootless/synced; sync; echo lost >/var/lib/rebootless/unsynced");
            second.powerCut();
        }
        try (Guest third = machine.boot()) {
            assertThat(third.sh("cat /var/lib/rebootless/synced")).isEqualTo("synced");
            assertThat(third.run("grep lost /var/lib/rebootless/unsynced").exit())
                    .isNotZero();
        }
    }

    @Test
    void a_guest_whose_init_fails_is_told_of() {
        machine.arguments("rdinit=/bin/sleep");

        assertThatExceptionOfType(GuestDied.class)
                .isThrownBy(machine::boot)
                .withMessageContaining("panicked")
                .withMessageContaining("Attempted to kill init");
    }
}
