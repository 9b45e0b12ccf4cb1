package io.rebootless.bench.agent;

import io.rebootless.guest.HostCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The agent with its own Java, as {@code scripts/dist} lays it out, and beside that folder, with its name and
 * {@code .deb}, the package that {@code scripts/agent-package} makes of it.
 *
 * @param home its folder
 * @param java its Java's version
 * @param unpacked bytes of its files
 * @param packed bytes of its package
 */
record AgentPackage(Path home, String java, long unpacked, long packed) {
    private static final Duration COMMAND = Duration.ofMinutes(20);

    static AgentPackage of(Path home) throws IOException {
        String release = Files.readString(home.resolve("runtime/release"));
        String version = release.lines()
                .filter(line -> line.startsWith("JAVA_VERSION="))
                .map(line -> line.replaceAll(".*\"(.*)\".*", "$1"))
                .findFirst()
                .orElseThrow();
        Path debian = home.resolveSibling(home.getFileName() + ".deb");
        String size = new String(
                HostCommand.output(COMMAND, List.of("du", "--summarize", "--bytes", home.toString())),
                StandardCharsets.UTF_8);
        return new AgentPackage(home, version, Long.parseLong(size.split("\\s")[0]), Files.size(debian));
    }

    Path launcher() {
        return home.resolve("bin/rebootless-agent");
    }
}
