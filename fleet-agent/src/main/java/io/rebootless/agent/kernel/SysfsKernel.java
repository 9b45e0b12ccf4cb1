package io.rebootless.agent.kernel;

import io.rebootless.agent.kernel.KernelTrust.Keyring;
import io.rebootless.agent.settings.Loader;
import io.rebootless.wire.LivepatchState;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The real kernel, through {@code /sys/kernel/rebootless} (see {@code kernel-module/ABI}) and {@code …/livepatch}. */
public final class SysfsKernel implements LivepatchKernel {
    /** What one write to a binary sysfs file can carry. */
    static final int CHUNK = 4096;

    private final Path module;
    private final LivepatchCore core;
    private final Path parameters;

    public SysfsKernel(Path sysfs) {
        this.module = sysfs.resolve("kernel/rebootless");
        this.core = new LivepatchCore(sysfs);
        this.parameters = sysfs.resolve("module/rebootless/parameters");
    }

    @Override
    public Loader loader() {
        return Loader.MODULE;
    }

    @Override
    public LivepatchState state() throws IOException {
        var level = SysfsFile.read(module.resolve("level"));
        if (level.isEmpty()) {
            return LivepatchState.absent();
        }
        long inForce = number("level", level.get());
        var patch = SysfsFile.read(module.resolve("patch")).filter(name -> !name.isEmpty());
        if (patch.isPresent() && !LivepatchCore.isName(patch.get())) {
            throw new IOException("/sys/kernel/rebootless/patch holds no module name");
        }
        // Only root may read the next two; a level can only be there after sealing.
        boolean sealed = readIfAllowed("sealed").map("1"::equals).orElse(inForce > 0);
        var floor = readIfAllowed("floor");
        return new LivepatchState(
                true,
                sealed,
                inForce,
                floor.isPresent() ? number("floor", floor.get()) : 0,
                patch.orElse(null),
                patch.isPresent() && core.enabled(patch.get()),
                patch.isPresent() && core.transition(patch.get()));
    }

    @Override
    public Optional<KernelTrust> trust() throws IOException {
        var sealed = SysfsFile.read(module.resolve("sealed"));
        if (sealed.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new KernelTrust(
                sealed.get().equals("1"),
                keyring(),
                SysfsFile.read(module.resolve("keys"))
                        .map(text -> text.lines().toList())
                        .orElse(List.of()),
                (int) number(
                        "threshold", SysfsFile.read(module.resolve("threshold")).orElse("0")),
                // A module that knows no trust bundles has followed none.
                number(
                        "trust_level",
                        SysfsFile.read(module.resolve("trust_level")).orElse("0"))));
    }

    private Keyring keyring() throws IOException {
        String word = SysfsFile.read(parameters.resolve("keyring")).orElse("own");
        return switch (word) {
            case "own" -> Keyring.OWN;
            case "secondary" -> Keyring.SECONDARY;
            default ->
                throw new IOException("%s says \"%s\", which this agent does not know"
                        .formatted(parameters.resolve("keyring"), word));
        };
    }

    @Override
    public Set<String> livepatches() throws IOException {
        return core.names();
    }

    @Override
    public void stage(InputStream bundle) throws IOException, KernelRefusedException {
        try (var out = open("bundle")) {
            byte[] chunk = new byte[CHUNK];
            for (int size; (size = bundle.readNBytes(chunk, 0, CHUNK)) > 0; ) {
                var buffer = ByteBuffer.wrap(chunk, 0, size);
                while (buffer.hasRemaining()) {
                    try {
                        out.write(buffer);
                    } catch (IOException e) {
                        throw refused("the bundle's bytes", e);
                    }
                }
            }
        }
    }

    @Override
    public void apply(Command command) throws IOException, KernelRefusedException {
        order("apply", command.word());
    }

    @Override
    public void raiseFloor(long floor) throws IOException, KernelRefusedException {
        order("floor", Long.toString(floor));
    }

    @Override
    public void disable(String patch) throws IOException, KernelRefusedException {
        core.disable(patch);
    }

    private void order(String file, String word) throws IOException, KernelRefusedException {
        try (var out = open(file)) {
            try {
                out.write(ByteBuffer.wrap(ascii(word)));
            } catch (IOException e) {
                throw refused(file.equals("apply") ? word : word + " for " + file, e);
            }
        }
    }

    /** Neither truncated nor created: those are not what a sysfs file is for. */
    private FileChannel open(String file) throws IOException {
        Path path = module.resolve(file);
        try {
            return FileChannel.open(path, StandardOpenOption.WRITE);
        } catch (NoSuchFileException e) {
            throw new IOException(path + " is not there: the kernel module rebootless is not loaded", e);
        } catch (AccessDeniedException e) {
            throw new IOException(path + " may not be written: this needs root", e);
        }
    }

    private KernelRefusedException refused(String attempted, IOException cause) throws IOException {
        return KernelRefusedException.of(
                attempted, SysfsFile.read(module.resolve("last_error")).orElse(""), String.valueOf(cause.getMessage()));
    }

    private Optional<String> readIfAllowed(String file) throws IOException {
        try {
            return SysfsFile.read(module.resolve(file));
        } catch (AccessDeniedException notRoot) {
            return Optional.empty();
        }
    }

    private static long number(String file, String text) throws IOException {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IOException("/sys/kernel/rebootless/%s holds no number".formatted(file), e);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
