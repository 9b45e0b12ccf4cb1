package io.rebootless.bench.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How an agent is started: as shipped, or with one thing in its launcher undone, to see what that buys.
 *
 * @param agent which
 * @param name for people; {@link #SHIPPED} for the one that is
 * @param launcher its command
 * @param byCommandLine whether {@code run} goes through the command line's library
 * @param anew whether the server closes each connection
 */
record Way(AgentPackage agent, String name, Path launcher, boolean byCommandLine, boolean anew) {
    static final String SHIPPED = "as shipped";

    /** What is taken out of the launcher. */
    private record Undone(String name, String pattern) {}

    private static final List<Undone> UNDONE = List.of(
            new Undone("without `-XX:+UseSerialGC`", "-XX:\\+UseSerialGC"),
            new Undone("without the small young generation", "-Xmn\\S+"),
            new Undone("without the free ratios", "-XX:M(in|ax)HeapFreeRatio=\\S+"),
            new Undone("without any bound of the heap", "-Xm[sxn]\\S+|-XX:M(in|ax)HeapFreeRatio=\\S+"),
            new Undone("without `-Xss`", "-Xss\\S+"),
            new Undone("without `-XX:TieredStopAtLevel=1` and its thresholds", "-XX:Tier\\S+"),
            new Undone("without the higher thresholds", "-XX:Tier3\\S+"),
            new Undone("without `-XX:ReservedCodeCacheSize`", "-XX:ReservedCodeCacheSize=\\S+"),
            new Undone("without `-XX:TrimNativeHeapInterval`", "-XX:TrimNativeHeapInterval=\\S+"),
            new Undone("without `MALLOC_ARENA_MAX`", "export MALLOC_ARENA_MAX.*"),
            new Undone("without any of these", "-X\\S+|export MALLOC_ARENA_MAX.*"));

    static Way shipped(AgentPackage agent) {
        return new Way(agent, SHIPPED, agent.launcher(), false, false);
    }

    static List<Way> of(AgentPackage agent) throws IOException {
        var ways = new ArrayList<Way>();
        ways.add(shipped(agent));
        ways.add(new Way(agent, "a new TLS connection for each poll", agent.launcher(), false, true));
        ways.add(new Way(agent, "`run` by way of picocli", agent.launcher(), true, false));
        ways.add(changed(agent, "without class data sharing", "-Xshare:auto", "-Xshare:off", ways.size()));
        for (var undone : UNDONE) {
            ways.add(changed(agent, undone.name(), undone.pattern(), "", ways.size()));
        }
        return ways;
    }

    private static Way changed(AgentPackage agent, String name, String pattern, String other, int number)
            throws IOException {
        String script = Files.readString(agent.launcher());
        String changed = Pattern.compile("(?<=\\s)(" + pattern + ")(?=\\s)")
                .matcher(script)
                .replaceAll(other);
        if (changed.equals(script)) {
            throw new IllegalStateException("nothing to undo in the launcher: " + name);
        }
        Path launcher = agent.launcher().resolveSibling("rebootless-agent-" + number);
        Files.writeString(launcher, changed);
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new Way(agent, name, launcher, false, false);
    }

    boolean shipped() {
        return name.equals(SHIPPED);
    }
}
