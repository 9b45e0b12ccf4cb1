package io.rebootless.guest;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A virtual machine as it stands switched off: what it is made of, and what it will boot. */
public final class Machine {
    private final DebianKernel kernel;
    private final List<Path> layers = new ArrayList<>();
    private final Initramfs files = new Initramfs();
    private final List<String> arguments = new ArrayList<>();
    private int megabytes = 768;
    private int processors = 1;
    private Duration bootTimeout = Duration.ofMinutes(3);
    private boolean isolated;
    private @Nullable Disk disk;
    private String mountPoint = "";

    private Machine(DebianKernel kernel) {
        this.kernel = kernel;
    }

    /** A machine with busybox, a network and nothing else. */
    public static Machine with(DebianKernel kernel) {
        return new Machine(kernel);
    }

    /** Adds an archive written by {@link Initramfs#writeTo} that many boots share. */
    public Machine layer(Path archive) {
        layers.add(archive);
        return this;
    }

    /** This machine's own files, which lie over all layers. */
    public Initramfs files() {
        return files;
    }

    /** Adds words to the kernel's command line. */
    public Machine arguments(String... words) {
        arguments.addAll(List.of(words));
        return this;
    }

    public Machine memory(int megabytes) {
        this.megabytes = megabytes;
        return this;
    }

    public Machine processors(int count) {
        processors = count;
        return this;
    }

    /** Puts a disk in, to be found mounted at a path. */
    public Machine disk(Disk disk, String mountPoint) {
        this.disk = disk;
        this.mountPoint = mountPoint;
        return this;
    }

    public Machine bootTimeout(Duration timeout) {
        bootTimeout = timeout;
        return this;
    }

    /** Cuts it off from this machine and from all that this machine reaches. */
    public Machine isolated() {
        isolated = true;
        return this;
    }

    /** Switches it on; returns once the guest takes commands. */
    public Guest boot() {
        return Guest.boot(this, bootTimeout);
    }

    DebianKernel kernel() {
        return kernel;
    }

    List<Path> layers() {
        return List.copyOf(layers);
    }

    /** What its network is, as QEMU has it. */
    String network() {
        return "user,id=network" + (isolated ? ",restrict=on" : "");
    }

    /** Words for QEMU that describe this machine's parts. */
    List<String> hardware() {
        List<String> words = new ArrayList<>(List.of("-m", megabytes + "M", "-smp", String.valueOf(processors)));
        if (disk != null) {
            words.addAll(List.of(
                    "-drive",
                    "if=none,id=disk,format=raw,file=" + disk.image(),
                    "-device",
                    "virtio-blk-pci,drive=disk"));
        }
        return words;
    }

    String commandLine() {
        // An emulated timer that a busy machine lets wait is no broken one, of which the kernel would die at once.
        List<String> words = new ArrayList<>(List.of("console=ttyS0", "quiet", "no_timer_check"));
        // A kernel that oopsed is a crashed one to us, and -no-reboot makes a crash the end of QEMU.
        words.addAll(List.of("oops=panic", "panic=-1"));
        if (disk != null) {
            words.add("guest.disk=" + mountPoint);
        }
        words.addAll(arguments);
        return String.join(" ", words);
    }
}
