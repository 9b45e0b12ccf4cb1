package io.rebootless.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.List;
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

    /** Of 6.12 on modules are compressed, and modules.dep names them so. */
    @Test
    void loads_modules_with_what_they_need_and_is_cut_off_if_it_is_to_be() throws IOException {
        Machine machine = Machine.with(Kernels.orSkip("newest-6.12")).isolated();
        machine.files().modules(machine.kernel(), "vxlan");

        try (var here = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Guest guest = machine.boot()) {
            guest.load(List.of("vxlan"));
            guest.load(List.of("ip6-udp-tunnel"));
            assertThat(guest.sh("cut -d' ' -f1 /proc/modules")).contains("vxlan", "udp_tunnel");
            guest.run("nc -w 3 10.0.2.2 %d </dev/null".formatted(here.getLocalPort()));
            here.setSoTimeout(1000);
            assertThatExceptionOfType(SocketTimeoutException.class)
                    .as("nobody has called")
                    .isThrownBy(here::accept);
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
