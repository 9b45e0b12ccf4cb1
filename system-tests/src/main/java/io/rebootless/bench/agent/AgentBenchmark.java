package io.rebootless.bench.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Measures agents that wait, writes the record, and fails if one that is shipped costs more than it may. */
public final class AgentBenchmark {
    /** Large as livepatches go: the debugging information is in it. */
    private static final int IMAGE_BYTES = 5 * 1024 * 1024;

    private static final Duration IDLE = Duration.ofMinutes(5);
    private static final Duration LOOK = Duration.ofMillis(200);

    /** What a thousand polls may take, one a second, on a machine that has other things to do. */
    private static final Duration PATIENCE = Duration.ofHours(2);

    private AgentBenchmark() {}

    /**
     * Arguments: a folder to work in, the folder for the record, the commit, how many polls, a folder with puppet-agent
     * installed or nothing, and the packaged agents, one for each Java.
     */
    public static void main(String[] arguments) throws IOException, GeneralSecurityException, InterruptedException {
        Path folder = Path.of(arguments[0]);
        Path record = Path.of(arguments[1]);
        int polls = Integer.parseInt(arguments[3]);
        var packages = new ArrayList<AgentPackage>();
        for (String home : Arrays.asList(arguments).subList(5, arguments.length)) {
            packages.add(AgentPackage.of(Path.of(home)));
        }
        var bundle = SignedBundle.create(IMAGE_BYTES);
        var candidates = new ArrayList<Candidate>();
        boolean passed;
        try (var server = PollServer.start(folder, bundle, polls);
                var puppet = PuppetAgent.start(arguments[4])) {
            // What each part buys is asked of one Java only: thirty agents would be in each other's way.
            for (var way : Way.of(packages.get(0))) {
                candidates.add(Candidate.start(folder, way, server, bundle));
            }
            for (var agent : packages.subList(1, packages.size())) {
                candidates.add(Candidate.start(folder, Way.shipped(agent), server, bundle));
            }
            System.out.printf("bench: %d agents, %d polls each%n", candidates.size(), polls);
            awaitPolls(candidates, polls);
            puppet.look();
            // From here on polls hang, as they do on the real server.
            Thread.sleep(IDLE.toMillis());
            for (var candidate : candidates) {
                candidate.lookIdle();
            }
            puppet.look();
            var report = new AgentReport(arguments[2], polls, IDLE, packages, candidates, puppet.usages());
            Files.createDirectories(record);
            Files.writeString(record.resolve("agent.csv"), report.csv());
            Files.writeString(record.resolve("agent.md"), report.markdown());
            System.out.println(report.markdown());
            passed = report.passed();
        } finally {
            candidates.forEach(Candidate::close);
        }
        System.out.println("bench: " + (passed ? "ok" : "FAILED: the agent costs more than it may"));
        System.exit(passed ? 0 : 1);
    }

    /** Each is looked at when it has made its polls, and again after the idle stretch. */
    private static void awaitPolls(List<Candidate> candidates, int polls) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!candidates.stream().allMatch(Candidate::polled)) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("no %d polls within %s".formatted(polls, PATIENCE));
            }
            for (var candidate : candidates) {
                candidate.lookAfter(polls);
            }
            Thread.sleep(LOOK.toMillis());
        }
    }
}
