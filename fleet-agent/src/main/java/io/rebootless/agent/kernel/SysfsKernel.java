package io.rebootless.agent.kernel;

import io.rebootless.agent.durable.Listing;
import io.rebootless.agent.kernel.KernelTrust.Keyring;
import io.rebootless.wire.LivepatchState;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The real kernel, through {@code /sys/kernel/rebootless} (see {@code kernel-module/ABI}) and {@code …/livepatch}. */
public final class SysfsKernel implements LivepatchKernel {
    /** What one write to a binary sysfs file can carry. */
    static final int CHUNK = 4096;

    private static final Pattern MODULE = Pattern.compile("[A-Za-z0-9_]{1,55}");

    private final Path module;
    private final Path livepatch;
    private final Path parameters;

    public SysfsKernel(Path sysfs) {
        this.module = sysfs.resolve("kernel/rebootless");
        this.livepatch = sysfs.resolve("kernel/livepatch");
        this.parameters = sysfs.resolve("module/rebootless/parameters");
    }

    @Override
    public LivepatchState state() throws IOException {
        var level = read(module.resolve("level"));
        if (level.isEmpty()) {
            return LivepatchState.absent();
        }
        long inForce = number("level", level.get());
        var patch = read(module.resolve("patch")).filter(name -> !name.isEmpty());
        if (patch.isPresent() && !MODULE.matcher(patch.get()).matches()) {
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
                patch.isPresent() && flag(patch.get(), "enabled"),
                patch.isPresent() && flag(patch.get(), "transition"));
    }

    @Override
    public Optional<KernelTrust> trust() throws IOException {
        var sealed = read(module.resolve("sealed"));
        if (sealed.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new KernelTrust(
                sealed.get().equals("1"),
                keyring(),
                read(module.resolve("keys")).map(text -> text.lines().toList()).orElse(List.of()),
                (int) number("threshold", read(module.resolve("threshold")).orElse("0")),
                // A module that knows no trust bundles has followed none.
                number("trust_level", read(module.resolve("trust_level")).orElse("0"))));
    }

    private Keyring keyring() throws IOException {
        String word = read(parameters.resolve("keyring")).orElse("own");
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
        try {
            return Listing.of(livepatch).stream()
                    .filter(Files::isDirectory)
                    .map(directory -> String.valueOf(directory.getFileName()))
                    .collect(Collectors.toUnmodifiableSet());
        } catch (NoSuchFileException kernelWithoutLivepatch) {
            return Set.of();
        }
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
        if (!MODULE.matcher(patch).matches()) {
            throw new IllegalArgumentException("not a module name: " + patch);
        }
        Path enabled = livepatch.resolve(patch).resolve("enabled");
        try (var out = FileChannel.open(enabled, StandardOpenOption.WRITE)) {
            out.write(ByteBuffer.wrap(ascii("0")));
        } catch (NoSuchFileException gone) {
            // it is off already
        } catch (IOException e) {
            throw KernelRefusedException.of("to disable " + patch, "", String.valueOf(e.getMessage()));
        }
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
                attempted, read(module.resolve("last_error")).orElse(""), String.valueOf(cause.getMessage()));
    }

    /** The file may go at any moment: a livepatch's directory vanishes when it is off. */
    private boolean flag(String patch, String file) throws IOException {
        return read(livepatch.resolve(patch).resolve(file)).map("1"::equals).orElse(false);
    }

    private Optional<String> readIfAllowed(String file) throws IOException {
        try {
            return read(module.resolve(file));
        } catch (AccessDeniedException notRoot) {
            return Optional.empty();
        }
    }

    private static Optional<String> read(Path file) throws IOException {
        try {
            return Optional.of(Files.readString(file).strip());
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (AccessDeniedException e) {
            throw e;
        } catch (IOException e) {
            // ENODEV: sysfs took the file away between opening and reading it
            if (Files.exists(file)) {
                throw e;
            }
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
