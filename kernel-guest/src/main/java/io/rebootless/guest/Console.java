package io.rebootless.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;

/** What the guest's kernel and init said on the first serial port; QEMU writes it to a file, whatever becomes of us. */
final class Console {
    private static final int TAIL_LINES = 100;
    private static final Pattern PANIC = Pattern.compile("Kernel panic - not syncing");

    private final Path log;

    Console(Path log) {
        this.log = log;
    }

    String text() {
        try {
            return new String(Files.readAllBytes(log), StandardCharsets.UTF_8).replace("\r", "");
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean shows(Pattern pattern) {
        return pattern.matcher(text()).find();
    }

    boolean showsPanic() {
        return shows(PANIC);
    }

    /** The last lines, for error messages. */
    String tail() {
        String[] lines = text().strip().split("\n", -1);
        int from = Math.max(0, lines.length - TAIL_LINES);
        return String.join("\n", Arrays.asList(lines).subList(from, lines.length));
    }
}
