package io.rebootless.agent.kernel;

import io.rebootless.agent.durable.Listing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** {@code /sys/kernel/livepatch}: what the kernel's own livepatch core says, whoever has loaded what it speaks of. */
final class LivepatchCore {
    private static final Pattern MODULE = Pattern.compile("[A-Za-z0-9_]{1,55}");

    private final Path folder;

    LivepatchCore(Path sysfs) {
        this.folder = sysfs.resolve("kernel/livepatch");
    }

    /** Whether this can be a module's name. */
    static boolean isName(String text) {
        return MODULE.matcher(text).matches();
    }

    Set<String> names() throws IOException {
        try {
            return Listing.of(folder).stream()
                    .filter(Files::isDirectory)
                    .map(directory -> String.valueOf(directory.getFileName()))
                    .collect(Collectors.toUnmodifiableSet());
        } catch (NoSuchFileException kernelWithoutLivepatch) {
            return Set.of();
        }
    }

    boolean has(String patch) {
        return Files.isDirectory(folder.resolve(patch));
    }

    boolean enabled(String patch) throws IOException {
        return flag(patch, "enabled");
    }

    boolean transition(String patch) throws IOException {
        return flag(patch, "transition");
    }

    void disable(String patch) throws IOException, KernelRefusedException {
        if (!isName(patch)) {
            throw new IllegalArgumentException("not a module name: " + patch);
        }
        Path enabled = folder.resolve(patch).resolve("enabled");
        try (var out = FileChannel.open(enabled, StandardOpenOption.WRITE)) {
            out.write(ByteBuffer.wrap("0".getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchFileException gone) {
            // it is off already
        } catch (IOException e) {
            throw KernelRefusedException.of("to disable " + patch, "", String.valueOf(e.getMessage()));
        }
    }

    private boolean flag(String patch, String file) throws IOException {
        return SysfsFile.read(folder.resolve(patch).resolve(file))
                .map("1"::equals)
                .orElse(false);
    }
}
