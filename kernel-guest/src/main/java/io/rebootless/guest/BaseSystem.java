package io.rebootless.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The least user space a guest runs on: busybox, the modules for its devices, the guest's end of the channels. */
final class BaseSystem {
    private static final Path BUSYBOX = Path.of("/bin/busybox");
    private static final List<String> DEVICES = List.of("virtio_pci", "virtio_console", "virtio_net");
    private static final List<String> DISKS = List.of("virtio_blk", "ext4");

    private BaseSystem() {}

    static Initramfs of(DebianKernel kernel) {
        Initramfs system = new Initramfs()
                .file("/bin/busybox", BUSYBOX)
                .symlink("/init", "bin/busybox")
                // Before devtmpfs is there, init has nowhere else to say what went wrong.
                .device("/dev/console", 5, 1)
                .file("/etc/inittab", resource("inittab"))
                .script("/lib/guest/startup", resource("startup"))
                .script("/lib/guest/channel", resource("channel"))
                .file("/etc/passwd", """
                        root:x:0:0:root:/root:/bin/sh
                        rebootless:x:990:990:Rebootless agent:/nonexistent:/bin/false
                        nobody:x:65534:65534:nobody:/nonexistent:/bin/false
                        """)
                .file("/etc/group", """
                        root:x:0:
                        rebootless:x:990:
                        nogroup:x:65534:
                        """)
                .file("/etc/hosts", """
                        127.0.0.1 localhost guest
                        10.0.2.2 host
                        """)
                .file("/etc/resolv.conf", "nameserver 10.0.2.3\n")
                .file("/etc/nsswitch.conf", "hosts: files dns\n")
                .folder("/root", 0700)
                .folder("/tmp", 01777)
                .folder("/var/tmp", 01777);
        for (String folder : List.of("/mnt", "/proc", "/run", "/sys", "/usr/bin", "/usr/sbin", "/sbin", "/var/log")) {
            system.folder(folder, 0755);
        }
        applets().forEach(applet -> system.symlink("/bin/" + applet, "busybox"));
        return addModules(system, kernel);
    }

    private static Initramfs addModules(Initramfs system, DebianKernel kernel) {
        KernelModules modules = new KernelModules(kernel.modulesDir());
        List<String> disks = new ArrayList<>(DISKS);
        // ext4 asks the crypto layer for it by name, which modules.dep does not know; newer kernels have it built in.
        if (modules.has("crc32c_generic")) {
            disks.add("crc32c_generic");
        }
        String folder = "/lib/modules/" + kernel.release() + "/";
        return system.modules(kernel, DEVICES.toArray(String[]::new))
                .modules(kernel, disks.toArray(String[]::new))
                .file("/lib/guest/modules", list(folder, modules.inLoadOrder(DEVICES)))
                .file("/lib/guest/modules-for-disks", list(folder, modules.inLoadOrder(disks)))
                .file(folder + "modules.dep", kernel.modulesDir().resolve("modules.dep"))
                .file(folder + "modules.builtin", kernel.modulesDir().resolve("modules.builtin"));
    }

    private static String list(String folder, List<String> files) {
        StringBuilder lines = new StringBuilder();
        for (String file : files) {
            lines.append(folder).append(KernelModules.uncompressed(file)).append('\n');
        }
        return lines.toString();
    }

    private static List<String> applets() {
        byte[] list = HostCommand.output(Duration.ofSeconds(30), List.of(BUSYBOX.toString(), "--list"));
        return new String(list, StandardCharsets.UTF_8)
                .lines()
                .filter(applet -> !applet.equals("busybox"))
                .toList();
    }

    private static String resource(String name) {
        try (InputStream in = BaseSystem.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("No resource " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
