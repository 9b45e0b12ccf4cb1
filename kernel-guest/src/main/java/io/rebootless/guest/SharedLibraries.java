package io.rebootless.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What this machine's dynamic loader would load along with a program. */
final class SharedLibraries {
    /** {@code libc.so.6 => /lib/…/libc.so.6 (0x…)}, or for the loader itself {@code /lib64/ld-….so.2 (0x…)}. */
    private static final Pattern LIBRARY = Pattern.compile("^\\s+(?:\\S+ => )?(/\\S+) \\(0x", Pattern.MULTILINE);

    private static final Pattern NOT_FOUND = Pattern.compile("^\\s+(\\S+) => not found", Pattern.MULTILINE);

    private static final int HEADER = 18;
    private static final int TYPE_EXECUTABLE = 2;
    private static final int TYPE_SHARED = 3;

    private SharedLibraries() {}

    /** Whether a file is an ELF program or shared library (a kernel module is neither). */
    static boolean isProgram(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] header = in.readNBytes(HEADER);
            return header.length == HEADER
                    && header[0] == 0x7f
                    && header[1] == 'E'
                    && header[2] == 'L'
                    && header[3] == 'F'
                    && (header[16] == TYPE_EXECUTABLE || header[16] == TYPE_SHARED);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The libraries some programs need that are not among them. */
    static Set<Path> of(Collection<Path> programs) {
        if (programs.isEmpty()) {
            return Set.of();
        }
        List<String> command = new ArrayList<>(List.of("ldd"));
        Set<Path> own = new HashSet<>();
        for (Path program : programs) {
            command.add(program.toString());
            own.add(real(program));
        }
        // Its exit status is 1 as soon as one of them is linked statically.
        String listing = HostCommand.run(Duration.ofMinutes(2), command).out();
        for (Matcher missing = NOT_FOUND.matcher(listing); missing.find(); ) {
            String name = missing.group(1);
            // A runtime's libraries may count on a sibling that its launcher will have loaded by then.
            if (own.stream().noneMatch(program -> program.endsWith(name))) {
                throw new IllegalStateException("This machine lacks %s, needed by one of %s".formatted(name, programs));
            }
        }
        Set<Path> libraries = new TreeSet<>();
        for (Matcher line = LIBRARY.matcher(listing); line.find(); ) {
            Path library = Path.of(line.group(1));
            // A runtime's own libraries lie beside its programs, which find them by relative paths.
            if (!own.contains(real(library))) {
                libraries.add(library);
            }
        }
        return libraries;
    }

    private static Path real(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
