package io.rebootless.agent.settings;

import io.rebootless.agent.durable.DurableFile;
import io.rebootless.agent.transport.ProxySettings;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/** Reads {@code agent.properties}, and changes single lines of it without touching the others. */
public final class SettingsFile {
    /** Names the file if {@code --config} does not. */
    public static final String ENVIRONMENT = "REBOOTLESS_CONFIG";

    private static final int MAX_BYTES = 64 * 1024;
    private static final String TRUST_DIRECTORY = "/etc/rebootless/trust.d";
    private static final String PROBES_DIRECTORY = "/etc/rebootless/probes.d";
    private static final long DAY = 24 * 60 * 60;
    private static final String FORMER_THRESHOLD = "trust.threshold";
    private static final List<String> KNOWN = List.of(
            "server",
            "ca",
            "proxy",
            "proxy.credentials.file",
            "no.proxy",
            "allow.http",
            "trust.directory",
            "state.directory",
            "loader",
            "runtime.directory",
            "sysfs",
            "proc",
            "transition.seconds",
            "soak.seconds",
            "probes.directory",
            "probe.interval.seconds",
            "probe.timeout.seconds");

    private final Path file;

    public SettingsFile(Path file) {
        this.file = file.toAbsolutePath().normalize();
    }

    public Path path() {
        return file;
    }

    public boolean exists() {
        return Files.exists(file);
    }

    /** What the file says; the defaults if there is none. */
    public Settings read() throws IOException, SettingsException {
        var properties = new Properties();
        properties.load(new StringReader(text()));
        if (properties.containsKey(FORMER_THRESHOLD)) {
            throw new SettingsException(
                    "%s: %s is no setting any more. Write the number into the file \"threshold\" in the trust directory (%s), where the kernel module is told of it too, and remove the line"
                            .formatted(
                                    file,
                                    FORMER_THRESHOLD,
                                    value(properties, "trust.directory").orElse(TRUST_DIRECTORY)));
        }
        for (String name : properties.stringPropertyNames()) {
            if (!KNOWN.contains(name)) {
                throw new SettingsException("%s: \"%s\" is not a setting. Known: %s".formatted(file, name, KNOWN));
            }
        }
        try {
            return settings(properties);
        } catch (SettingsException e) {
            throw new SettingsException(file + ": " + e.getMessage());
        }
    }

    private Settings settings(Properties properties) throws SettingsException {
        boolean allowHttp = flag(properties, "allow.http");
        var server = value(properties, "server");
        var transition =
                seconds(properties, "transition.seconds", 90, Settings.MIN_TRANSITION_DEADLINE.toSeconds(), DAY);
        return new Settings(
                file,
                server.isPresent() ? Optional.of(Settings.serverUri(server.get(), allowHttp)) : Optional.empty(),
                value(properties, "ca").map(this::path),
                proxy(properties),
                allowHttp,
                path(value(properties, "trust.directory").orElse(TRUST_DIRECTORY)),
                path(value(properties, "state.directory").orElse("/var/lib/rebootless")),
                loader(properties),
                path(value(properties, "runtime.directory").orElse("/run/rebootless")),
                path(value(properties, "sysfs").orElse("/sys")),
                path(value(properties, "proc").orElse("/proc")),
                transition,
                seconds(properties, "soak.seconds", 60, 0, DAY),
                new ProbeSettings(
                        path(value(properties, "probes.directory").orElse(PROBES_DIRECTORY)),
                        seconds(properties, "probe.interval.seconds", 10, 1, 60 * 60),
                        seconds(properties, "probe.timeout.seconds", 30, 1, 60 * 60)));
    }

    /** Settings alone, without what the environment adds, must make sense. */
    private ProxySettings proxy(Properties properties) throws SettingsException {
        var proxy = new ProxySettings(
                value(properties, "proxy"),
                value(properties, "proxy.credentials.file").map(this::path),
                value(properties, "no.proxy"));
        try {
            proxy.routes(Map.of());
            return proxy;
        } catch (IllegalArgumentException e) {
            throw new SettingsException(String.valueOf(e.getMessage()));
        }
    }

    /** Sets these lines, in place where they are there already; comments and other lines stay. */
    public void set(Map<String, String> values) throws IOException {
        var missing = new TreeMap<>(values);
        var lines = new ArrayList<String>();
        for (String line : text().lines().toList()) {
            int equals = line.indexOf('=');
            String name = equals < 0 ? "" : line.substring(0, equals).strip();
            String value = missing.remove(name);
            lines.add(value == null ? line : name + "=" + escaped(value));
        }
        missing.forEach((name, value) -> lines.add(name + "=" + escaped(value)));
        String text = String.join("\n", lines) + "\n";
        DurableFile.replace(file, text.getBytes(StandardCharsets.UTF_8), DurableFile.PUBLIC);
    }

    private String text() throws IOException {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new IOException(file + ": larger than any settings file");
            }
            return Files.readString(file);
        } catch (NoSuchFileException none) {
            return "";
        }
    }

    private Path path(String text) {
        Path directory = file.getParent();
        return directory == null ? Path.of(text) : directory.resolve(text).normalize();
    }

    private static Optional<String> value(Properties properties, String name) {
        return Optional.ofNullable(properties.getProperty(name))
                .map(String::strip)
                .filter(text -> !text.isEmpty());
    }

    private static boolean flag(Properties properties, String name) throws SettingsException {
        String text = value(properties, name).orElse("false");
        if (!text.equals("true") && !text.equals("false")) {
            throw new SettingsException("%s is true or false, not \"%s\"".formatted(name, text));
        }
        return text.equals("true");
    }

    private static Loader loader(Properties properties) throws SettingsException {
        String text = value(properties, "loader").orElse(Loader.MODULE.word());
        return Arrays.stream(Loader.values())
                .filter(loader -> loader.word().equals(text))
                .findFirst()
                .orElseThrow(() -> new SettingsException("loader is module or direct, not \"%s\"".formatted(text)));
    }

    private static Duration seconds(Properties properties, String name, long otherwise, long min, long max)
            throws SettingsException {
        return Duration.ofSeconds(number(properties, name, otherwise, min, max));
    }

    private static long number(Properties properties, String name, long otherwise, long min, long max)
            throws SettingsException {
        var text = value(properties, name);
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(text.get());
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new SettingsException("%s is a number from %d to %d, not \"%s\"".formatted(name, min, max, text.get()));
    }

    /** In a properties file a backslash starts an escape. */
    private static String escaped(String value) {
        return value.replace("\\", "\\\\");
    }
}
