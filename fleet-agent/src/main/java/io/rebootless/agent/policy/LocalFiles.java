package io.rebootless.agent.policy;

import io.rebootless.agent.memory.Hold;
import io.rebootless.agent.memory.Hold.Mode;
import io.rebootless.agent.memory.Hold.Source;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;

/**
 * The files beside the settings by which the administrator overrules the server: {@code mode} and {@code
 * policy.properties}. Read afresh each time. One that is there and cannot be followed holds the host: nothing changes
 * until a person has looked.
 */
public final class LocalFiles {
    public static final String MODE = "mode";
    public static final String POLICY = "policy.properties";

    private static final int MAX_BYTES = 4096;
    private static final List<String> KNOWN = List.of("downgrade", "none");

    private final Path directory;

    /** {@code directory} is where {@code agent.properties} is. */
    public LocalFiles(Path directory) {
        this.directory = directory;
    }

    /** What both say now. */
    public LocalOrders read() {
        var holds = new ArrayList<Hold>();
        mode().ifPresent(holds::add);
        Policy policy;
        try {
            policy = policy();
        } catch (IOException e) {
            policy = Policy.CLOSED;
            holds.add(hold(Mode.STAY, Source.POLICY_FILE, directory.resolve(POLICY), words(e)));
        }
        return new LocalOrders(holds, policy);
    }

    private Optional<Hold> mode() {
        Path file = directory.resolve(MODE);
        try {
            var text = text(file);
            if (text.isEmpty()) {
                return Optional.empty();
            }
            String word = text.get().strip();
            return switch (word) {
                case "on" -> Optional.empty();
                case "hold" -> Optional.of(hold(Mode.STAY, Source.MODE_FILE, file, file + " says hold"));
                case "off" -> Optional.of(hold(Mode.OFF, Source.MODE_FILE, file, file + " says off"));
                // Whoever wrote it wanted less to happen, not more.
                default ->
                    Optional.of(hold(
                            Mode.STAY,
                            Source.MODE_FILE,
                            file,
                            "%s says \"%s\", which is none of on, hold, off".formatted(file, brief(word))));
            };
        } catch (IOException e) {
            return Optional.of(hold(Mode.STAY, Source.MODE_FILE, file, words(e)));
        }
    }

    private Policy policy() throws IOException {
        Path file = directory.resolve(POLICY);
        var text = text(file);
        if (text.isEmpty()) {
            return Policy.OPEN;
        }
        var properties = new Properties();
        try {
            properties.load(new StringReader(text.get()));
        } catch (IllegalArgumentException e) {
            throw new IOException("%s: %s".formatted(file, e.getMessage()), e);
        }
        if (properties.isEmpty()) {
            // As a crash leaves it that came while it was written: what it forbade is not known.
            throw new IOException("%s says nothing. Write %s = allow or forbid into it, or remove it"
                    .formatted(file, String.join(" or ", KNOWN)));
        }
        for (String name : new TreeSet<>(properties.stringPropertyNames())) {
            if (!KNOWN.contains(name)) {
                throw new IOException("%s: \"%s\" is no policy. Known: %s".formatted(file, brief(name), KNOWN));
            }
        }
        return new Policy(allowed(file, properties, "downgrade"), allowed(file, properties, "none"));
    }

    private static boolean allowed(Path file, Properties properties, String name) throws IOException {
        String word = properties.getProperty(name, "allow").strip();
        if (!word.equals("allow") && !word.equals("forbid")) {
            throw new IOException("%s: %s is allow or forbid, not \"%s\"".formatted(file, name, brief(word)));
        }
        return word.equals("allow");
    }

    /** Empty if there is no such file; a link that leads nowhere is one that cannot be read. */
    private static Optional<String> text(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException(file + " is too large");
            }
            return Optional.of(new String(bytes, StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException(file + " is a link that leads nowhere", e);
            }
            return Optional.empty();
        } catch (AccessDeniedException e) {
            throw new IOException(file + " may not be read here", e);
        }
    }

    private static Hold hold(Mode mode, Source source, Path file, String reason) {
        return new Hold(mode, source, reason, since(file), Optional.empty());
    }

    private static Instant since(Path file) {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (IOException e) {
            return Instant.EPOCH;
        }
    }

    private static String words(IOException e) {
        return String.valueOf(e.getMessage());
    }

    private static String brief(String word) {
        return word.length() <= 32 ? word : word.substring(0, 32) + "…";
    }
}
