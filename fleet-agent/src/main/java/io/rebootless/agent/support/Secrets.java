package io.rebootless.agent.support;

import io.rebootless.agent.settings.Settings;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What must not leave this host, as far as it is written on it. */
final class Secrets {
    private static final int MAX_BYTES = 64 * 1024;
    private static final Pattern IN_JSON = Pattern.compile("\"(?:token|name)\"\\s*:\\s*\"([^\"]+)\"");
    private static final Pattern USER_INFO = Pattern.compile("://([^\\s\"'<>]*)@");

    private final Set<String> known = new TreeSet<>();

    private Secrets() {}

    /** Of the host's token, an enrolment under way, and the settings with the files that they name. */
    static Set<String> of(Settings settings) {
        var secrets = new Secrets();
        for (String file : new String[] {"token.json", "enrolling.json"}) {
            IN_JSON.matcher(text(settings.stateDirectory().resolve(file)))
                    .results()
                    .forEach(match -> secrets.known.add(match.group(1)));
        }
        secrets.settings(settings);
        return secrets.known;
    }

    private void settings(Settings settings) {
        var properties = new Properties();
        try {
            properties.load(new StringReader(text(settings.file())));
        } catch (IOException | IllegalArgumentException e) {
            // What is no settings file has no settings; what looks like a secret in it is taken out all the same.
        }
        for (String name : properties.stringPropertyNames()) {
            String value = properties.getProperty(name).strip();
            USER_INFO.matcher(value).results().forEach(match -> pair(match.group(1)));
            if (secret(name)) {
                pair(value);
                text(file(settings, value)).lines().map(String::strip).forEach(this::pair);
            }
        }
    }

    /** A word, or user and password: also as they are shown to a proxy. */
    private void pair(String text) {
        if (text.isEmpty()) {
            return;
        }
        known.add(text);
        int colon = text.indexOf(':');
        if (colon >= 0) {
            known.add(text.substring(colon + 1));
            known.add(Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
        }
    }

    private static boolean secret(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.contains("passw")
                || lower.contains("secret")
                || lower.contains("token")
                || lower.contains("credential");
    }

    private static Path file(Settings settings, String value) {
        try {
            return settings.directory().resolve(value);
        } catch (InvalidPathException noPath) {
            return settings.directory().resolve("none");
        }
    }

    private static String text(Path file) {
        try {
            return Files.isRegularFile(file) && Files.size(file) <= MAX_BYTES
                    ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                    : "";
        } catch (IOException unreadable) {
            return "";
        }
    }
}
