package io.rebootless.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveInputStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class InitramfsTest {
    @TempDir
    Path folder;

    @Test
    void holds_files_scripts_links_and_devices_and_the_folders_above_them() throws IOException {
        Path archive = new Initramfs()
                .file("/etc/name", "value")
                .script("/opt/deep/run", "#!/bin/sh\n")
                .symlink("/bin/run", "../opt/deep/run")
                .device("/dev/console", 5, 1)
                .writeTo(folder.resolve("archive"));

        assertThat(read(archive))
                .containsExactly(
                        Map.entry("bin", "40755 "),
                        Map.entry("bin/run", "120777 ../opt/deep/run"),
                        Map.entry("dev", "40755 "),
                        Map.entry("dev/console", "20600 5:1"),
                        Map.entry("etc", "40755 "),
                        Map.entry("etc/name", "100644 value"),
                        Map.entry("opt", "40755 "),
                        Map.entry("opt/deep", "40755 "),
                        Map.entry("opt/deep/run", "100755 #!/bin/sh\n"));
    }

    @Test
    void is_the_same_whenever_and_in_whatever_order_it_is_made() throws IOException {
        Path one = new Initramfs().file("/a", "1").file("/b", "2").writeTo(folder.resolve("one"));
        Path two = new Initramfs().file("/b", "2").file("/a", "1").writeTo(folder.resolve("two"));

        assertThat(two).hasSameBinaryContentAs(one);
    }

    @Test
    void takes_a_whole_tree_with_its_links_and_executables() throws IOException {
        Path tree = Files.createDirectories(folder.resolve("tree/sub")).getParent();
        Files.writeString(tree.resolve("sub/data"), "data");
        Files.createSymbolicLink(tree.resolve("link"), Path.of("sub/data"));
        Path tool = Files.writeString(tree.resolve("tool"), "#!/bin/sh\n");
        Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxr-xr-x"));

        assertThat(read(new Initramfs().tree("/opt/product", tree).writeTo(folder.resolve("archive"))))
                .containsEntry("opt/product/sub/data", "100644 data")
                .containsEntry("opt/product/link", "120777 sub/data")
                .containsEntry("opt/product/tool", "100755 #!/bin/sh\n");
    }

    @Test
    void brings_the_shared_libraries_of_a_program() throws IOException {
        assertThat(read(new Initramfs().program(Path.of("/bin/bash")).writeTo(folder.resolve("archive")))
                        .keySet())
                .contains("bin/bash", "lib64/ld-linux-x86-64.so.2")
                .anyMatch(path -> path.endsWith("/libc.so.6"));
    }

    @Test
    void brings_nothing_along_with_a_static_program() throws IOException {
        assertThat(read(new Initramfs().program(Path.of("/bin/busybox")).writeTo(folder.resolve("archive")))
                        .keySet())
                .containsExactly("bin", "bin/busybox");
    }

    @Test
    void brings_a_module_after_all_it_needs() {
        KernelModules modules = new KernelModules(Kernels.orSkip("newest-6.1").modulesDir());

        assertThat(modules.inLoadOrder(List.of("ext4")))
                .endsWith("kernel/fs/ext4/ext4.ko")
                .contains("kernel/fs/jbd2/jbd2.ko", "kernel/lib/crc16.ko")
                .doesNotHaveDuplicates();
    }

    @Test
    void knows_what_is_built_into_the_kernel_and_what_does_not_exist() {
        KernelModules modules = new KernelModules(Kernels.orSkip("newest-6.1").modulesDir());

        assertThat(modules.inLoadOrder(List.of("sha256_generic"))).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> modules.inLoadOrder(List.of("no_such_module")))
                .withMessageContaining("no_such_module");
    }

    @Test
    void uncompresses_modules() throws IOException {
        Files.writeString(folder.resolve("a.ko"), "an object file");
        HostCommand.output(
                Duration.ofSeconds(30),
                List.of("xz", "--check=crc32", folder.resolve("a.ko").toString()));
        Files.writeString(folder.resolve("modules.dep"), "a.ko.xz:\n");
        Files.writeString(folder.resolve("modules.builtin"), "");

        KernelModules modules = new KernelModules(folder);

        assertThat(modules.inLoadOrder(List.of("a"))).containsExactly("a.ko.xz");
        assertThat(new String(modules.read("a.ko.xz"), StandardCharsets.UTF_8)).isEqualTo("an object file");
    }

    /** By name: the mode in octal and the content, a link's target or a device's number. */
    private static Map<String, String> read(Path archive) throws IOException {
        Map<String, String> found = new LinkedHashMap<>();
        try (CpioArchiveInputStream in = new CpioArchiveInputStream(Files.newInputStream(archive))) {
            for (CpioArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                String content = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                if (entry.isCharacterDevice()) {
                    content = entry.getRemoteDeviceMaj() + ":" + entry.getRemoteDeviceMin();
                }
                found.put(entry.getName(), Long.toOctalString(entry.getMode()) + " " + content);
            }
        }
        return found;
    }
}
