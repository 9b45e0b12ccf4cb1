package io.rebootless.agent.host;

import io.rebootless.wire.AgentReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** What the distribution is, by os-release(5). */
public final class OsRelease {
    /** The order in which os-release(5) has them looked for. */
    public static final List<Path> FILES = List.of(Path.of("/etc/os-release"), Path.of("/usr/lib/os-release"));

    private OsRelease() {}

    /** As facts of a report; none of what is missing, unreadable or longer than a report takes: no host fails over it. */
    public static Map<String, String> facts(List<Path> files) {
        for (Path file : files) {
            try (var reader = Files.newBufferedReader(file)) {
                // Assignments of the shell, of which the format allows only what Properties read as well, and quotes.
                var release = new Properties();
                release.load(reader);
                var facts = new TreeMap<String, String>();
                fact(facts, AgentReport.OS_ID, release.getProperty("ID", ""));
                fact(facts, AgentReport.OS_VERSION, release.getProperty("VERSION_ID", ""));
                return facts;
            } catch (NoSuchFileException next) {
                // minimal systems have only the second, or none
            } catch (IOException | IllegalArgumentException unreadable) {
                return Map.of();
            }
        }
        return Map.of();
    }

    private static void fact(Map<String, String> facts, String name, String value) {
        String plain = value.strip().replaceFirst("^([\"'])(.*)\\1$", "$2");
        if (AgentReport.isFact(plain)) {
            facts.put(name, plain);
        }
    }
}
