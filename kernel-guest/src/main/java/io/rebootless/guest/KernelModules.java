package io.rebootless.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The modules of one kernel, as depmod sees them. */
final class KernelModules {
    private final Path folder;
    /** By module name: the files to load for it, itself last. */
    private final Map<String, List<String>> loadOrder = new HashMap<>();

    private final Set<String> builtIn = new HashSet<>();

    /**
     * Reads {@code modules.dep} and {@code modules.builtin}.
     *
     * @param folder {@code lib/modules/<release>}
     */
    KernelModules(Path folder) {
        this.folder = folder;
        try {
            for (String line : Files.readAllLines(folder.resolve("modules.dep"))) {
                int colon = line.indexOf(':');
                String file = line.substring(0, colon);
                // depmod lists what a module needs directly first and what that needs in turn behind it.
                LinkedHashSet<String> files = new LinkedHashSet<>();
                String[] needed = line.substring(colon + 1).strip().split(" ", -1);
                for (int i = needed.length - 1; i >= 0; i--) {
                    if (!needed[i].isEmpty()) {
                        files.add(needed[i]);
                    }
                }
                files.add(file);
                loadOrder.put(nameOf(file), List.copyOf(files));
            }
            for (String line : Files.readAllLines(folder.resolve("modules.builtin"))) {
                builtIn.add(nameOf(line));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether there is such a module, loadable or built in. */
    boolean has(String name) {
        return loadOrder.containsKey(underscored(name)) || builtIn.contains(underscored(name));
    }

    /**
     * The files behind some modules and all they need, each once and after what it needs; what is built into the kernel
     * has none.
     */
    List<String> inLoadOrder(Collection<String> names) {
        Set<String> files = new LinkedHashSet<>();
        for (String name : names) {
            if (!has(name)) {
                throw new IllegalArgumentException("Kernel %s has no module %s".formatted(folder.getFileName(), name));
            }
            files.addAll(loadOrder.getOrDefault(underscored(name), List.of()));
        }
        return List.copyOf(files);
    }

    /** A module's bytes, as insmod takes them: newer kernels' packages compress them. */
    byte[] read(String file) {
        Path module = folder.resolve(file);
        if (file.endsWith(".xz")) {
            return HostCommand.output(
                    Duration.ofMinutes(1), List.of("xz", "--decompress", "--stdout", module.toString()));
        }
        try {
            return Files.readAllBytes(module);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A module file's name once it is uncompressed. */
    static String uncompressed(String file) {
        return file.endsWith(".xz") ? file.substring(0, file.length() - ".xz".length()) : file;
    }

    /** File names use dashes and underscores as they please; module names only underscores. */
    private static String nameOf(String file) {
        String name = file.substring(file.lastIndexOf('/') + 1);
        return underscored(name.substring(0, name.indexOf(".ko")));
    }

    private static String underscored(String name) {
        return name.replace('-', '_');
    }
}
