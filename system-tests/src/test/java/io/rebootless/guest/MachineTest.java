package io.rebootless.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class MachineTest {
    @Test
    void boots_its_layers_with_its_own_files_over_them(@TempDir Path folder) {
        Path tools = new Initramfs()
                .program(Path.of("/bin/bash"))
                .file("/etc/place", "layer")
                .file("/etc/base", "layer")
                .writeTo(folder.resolve("tools"));
        Machine machine = Machine.with(Kernels.orSkip("newest-6.1"))
                .layer(tools)
                .arguments("rebootless=hold")
                .processors(2)
                .memory(320);
        machine.files().file("/etc/place", "machine").modules(machine.kernel(), "dummy");

        try (Guest guest = machine.boot()) {
            assertThat(guest.sh("cat /etc/place /etc/base")).isEqualTo("machinelayer");
            assertThat(guest.sh("bash -c 'echo ${BASH_VERSINFO[0]}'")).isEqualTo("5");
            assertThat(guest.sh("modprobe dummy && lsmod | grep -c '^dummy '")).isEqualTo("1");
            assertThat(guest.sh("cat /proc/cmdline")).contains("rebootless=hold");
            assertThat(guest.sh("nproc")).isEqualTo("2");
            assertThat(guest.console()).doesNotContain("guest: ");
        }
    }

    @Test
    void boots_the_cloud_kernel_too() {
        DebianKernel kernel = Kernels.orSkip("newest-6.1-cloud");

        try (Guest guest = Machine.with(kernel).memory(256).boot()) {
            assertThat(guest.sh("uname -r")).isEqualTo(kernel.release()).contains("cloud");
            assertThat(guest.console()).doesNotContain("guest: ");
        }
    }
}
