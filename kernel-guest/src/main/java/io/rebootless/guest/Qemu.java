package io.rebootless.guest;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One QEMU process: started, watched and ended by its own process id. */
final class Qemu {
    /** Several, so that commands can run side by side. */
    static final int CHANNELS = 4;

    private static final int ALIGNMENT = 4;
    private static final long END_SECONDS = 30;

    private final Path folder;
    private final Process process;
    private final List<Channel> channels = new ArrayList<>();

    private Qemu(Path folder, Process process) {
        this.folder = folder;
        this.process = process;
    }

    /** Starts a machine; its console, its sockets and QEMU's own complaints are in the folder. */
    static Qemu start(Machine machine, Path folder, Deadline deadline) throws IOException {
        Path initrd = concatenate(machine, folder);
        Path address = folder.resolve("channels");
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(address), CHANNELS);
            listener.configureBlocking(false);
            Qemu qemu = new Qemu(folder, launch(command(machine, initrd, folder, address), folder));
            try {
                qemu.accept(listener, deadline);
            } catch (IOException | RuntimeException e) {
                qemu.kill();
                throw e;
            }
            return qemu;
        }
    }

    private static Path concatenate(Machine machine, Path folder) throws IOException {
        List<Path> archives = new ArrayList<>();
        archives.add(BaseSystem.of(machine.kernel()).writeTo(folder.resolve("base.cpio")));
        archives.addAll(machine.layers());
        archives.add(machine.files().writeTo(folder.resolve("files.cpio")));
        Path initrd = folder.resolve("initrd");
        try (OutputStream out = Files.newOutputStream(initrd)) {
            for (Path archive : archives) {
                long length = Files.copy(archive, out);
                // The kernel looks for the next archive at a multiple of four.
                out.write(new byte[(int) (-length & (ALIGNMENT - 1))]);
            }
        }
        return initrd;
    }

    private static List<String> command(Machine machine, Path initrd, Path folder, Path address) {
        List<String> words = new ArrayList<>(List.of("qemu-system-x86_64"));
        // KVM is not to be had on every machine; where it is nested it may hang.
        words.addAll(List.of("-accel", "tcg,tb-size=256", "-cpu", "max"));
        words.addAll(List.of("-no-user-config", "-nodefaults", "-display", "none", "-no-reboot"));
        words.addAll(machine.hardware());
        words.addAll(List.of("-kernel", machine.kernel().vmlinuz().toString(), "-initrd", initrd.toString()));
        words.addAll(List.of("-append", machine.commandLine()));
        words.addAll(List.of("-serial", "file:" + folder.resolve("console")));
        words.addAll(List.of("-netdev", machine.network(), "-device", "virtio-net-pci,netdev=network,romfile="));
        words.addAll(List.of("-device", "virtio-serial-pci"));
        for (int i = 1; i <= CHANNELS; i++) {
            words.addAll(List.of("-chardev", "socket,id=channel" + i + ",path=" + address));
            words.addAll(List.of("-device", "virtserialport,nr=" + i + ",chardev=channel" + i));
        }
        return words;
    }

    private static Process launch(List<String> command, Path folder) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("qemu.log").toFile());
        return ChildProcess.start("KILL", builder);
    }

    private void accept(ServerSocketChannel listener, Deadline deadline) throws IOException {
        while (channels.size() < CHANNELS) {
            SocketChannel socket = listener.accept();
            if (socket != null) {
                channels.add(new Channel(socket));
            } else if (!process.isAlive() || deadline.passed()) {
                throw new IOException("QEMU did not come up: " + complaints());
            } else {
                Deadline.pause();
            }
        }
    }

    void deleteArchives() throws IOException {
        for (String name : List.of("base.cpio", "files.cpio", "initrd")) {
            Files.delete(folder.resolve(name));
        }
    }

    List<Channel> channels() {
        return List.copyOf(channels);
    }

    String complaints() {
        try {
            return Files.readString(folder.resolve("qemu.log")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isRunning() {
        return process.isAlive();
    }

    boolean awaitEnd(Deadline deadline) {
        try {
            return process.waitFor(deadline.millisLeft(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw Deadline.interrupted();
        }
    }

    /** Ends the process as a power cut ends a machine. */
    void kill() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("QEMU " + process.pid() + " survived SIGKILL");
            }
            for (Channel channel : channels) {
                channel.close();
            }
        } catch (InterruptedException e) {
            throw Deadline.interrupted();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
