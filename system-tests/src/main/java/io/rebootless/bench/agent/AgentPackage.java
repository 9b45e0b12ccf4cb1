package io.rebootless.bench.agent;

import io.rebootless.guest.HostCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The agent with its own Java, as {@code scripts/dist} lays it out.
 *
 * @param home its folder
 * @param java its Java's version
 * @param unpacked bytes of its files
 * @param packed bytes of a tarball of it, compressed by xz
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
        Path tarball = home.resolveSibling(home.getFileName() + ".tar.xz");
        HostCommand.output(
                COMMAND,
                List.of("tar", "--create", "--xz", "--file", tarball.toString(), "--directory", home.toString(), "."));
        String size = new String(
                HostCommand.output(COMMAND, List.of("du", "--summarize", "--bytes", home.toString())),
                StandardCharsets.UTF_8);
        return new AgentPackage(home, version, Long.parseLong(size.split("\\s")[0]), Files.size(tarball));
    }

    Path launcher() {
        return home.resolve("bin/rebootless-agent");
    }
}
