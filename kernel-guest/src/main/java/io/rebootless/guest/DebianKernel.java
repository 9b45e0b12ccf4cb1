package io.rebootless.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A kernel as Debian built it, unpacked but not installed; or built by us from Debian's source.
 *
 * @param release what {@code uname -r} says
 * @param vmlinuz the bootable image
 * @param modulesDir {@code lib/modules/<release>}, with {@code modules.dep}
 * @param headers the KDIR to build modules against
 */
public record DebianKernel(String release, Path vmlinuz, Path modulesDir, Path headers) {
    /** Most kernels are a download; debug-6.1 is compiled, on a machine that may be busy. */
    private static final Duration FETCH = Duration.ofMinutes(90);

    /** The first build for a Debian release makes a folder with its compiler. */
    private static final Duration COMPILE = Duration.ofMinutes(40);

    private static final int NOT_OFFERED = 3;
    private static final Map<String, DebianKernel> KNOWN = new ConcurrentHashMap<>();

    /**
     * Fetches a kernel, or finds it in the cache.
     *
     * @param name as {@code scripts/debian-kernel} takes it: {@code newest-6.1}, {@code oldest-6.1-cloud}, or a release;
     *     {@code debug-6.1} is compiled with checkers the first time it is asked for
     * @throws KernelNotOffered when the mirror does not hold it (any more)
     */
    public static DebianKernel get(String name) {
        return KNOWN.computeIfAbsent(name, DebianKernel::fetch);
    }

    private static DebianKernel fetch(String name) {
        Result result = script(FETCH, "get", name);
        if (result.exit() == NOT_OFFERED) {
            throw new KernelNotOffered(result.err().strip());
        }
        if (result.exit() != 0) {
            throw new IllegalStateException(
                    "No kernel " + name + ": " + result.err().strip());
        }
        return at(Path.of(result.out().strip()));
    }

    /** Runs {@code scripts/debian-kernel} with some words, whatever comes of it. */
    public static Result script(Duration limit, String... words) {
        return HostCommand.run(limit, command(words));
    }

    /** The same as a command of this machine. */
    public static List<String> command(String... words) {
        List<String> command = new ArrayList<>();
        command.add(Repository.root().resolve("scripts/debian-kernel").toString());
        command.addAll(List.of(words));
        return command;
    }

    /**
     * Builds the modules of a folder with a Kbuild for this kernel, or finds them built.
     *
     * @param results where they are then
     * @return what the compiler had to say; exit 4 if it does not compile
     */
    public Result build(Path source, Path results) {
        return script(COMPILE, "module", release, source.toString(), results.toString());
    }

    /** Reads a folder laid out by {@code scripts/debian-kernel}. */
    static DebianKernel at(Path folder) {
        try {
            String release = Files.readString(folder.resolve("release")).strip();
            return new DebianKernel(
                    release,
                    folder.resolve("vmlinuz"),
                    folder.resolve("lib/modules").resolve(release),
                    folder.resolve("headers"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether it was built with an option, such as {@code CONFIG_IMA_APPRAISE=y}. */
    public boolean hasOption(String line) {
        try (var lines = Files.lines(vmlinuz.resolveSibling("config"))) {
            return lines.anyMatch(line::equals);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return release;
    }
}
