package io.rebootless.sim;

import io.rebootless.kernel.KernelBuild;
import io.rebootless.product.PatchServerProcess;
import io.rebootless.testing.TestPublishers;
import io.rebootless.wire.Amount;
import io.rebootless.wire.RolloutPlan;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * A rollout to a large fleet of three kernel builds, two servers on one database, one of which is killed and started
 * again midway; then a level that crashes every host that applies it. Fails if a host was told what it should not have
 * been, or anything took longer than promised.
 */
public final class RolloutBenchmark {
    private static final Duration INTERVAL = Duration.ofSeconds(20);
    private static final Duration PATIENCE = Duration.ofMinutes(40);
    /** From a canary's report of a crash to the halt. */
    private static final Duration HALT = Duration.ofSeconds(5);

    /** What was done is in the audit log's list a moment later. */
    private static final Duration SEALING = Duration.ofSeconds(5);

    /** Rings as built in; two in a hundred fail, and of a canary of ten more than one may. */
    private static final Map<String, Object> PLAN = Map.of(
            "rings",
            RolloutPlan.CAREFUL.rings().stream()
                    .map(ring -> Map.of("reach", ring.reach().toString(), "settled", "60%"))
                    .toList(),
            "allowedFailures",
            "30%");

    private static final int[] PERCENT = {60, 30, 10};
    private static final int FAILING_PERCENT = 2;

    private final SimulationReport report;
    private final Servers servers;
    private final PatchServerProcess mortal;
    private final SimulatedFleet fleet;
    private final Map<KernelBuild, Integer> hosts = new HashMap<>();
    private final List<String> violations = new ArrayList<>();

    private RolloutBenchmark(SimulationReport report, Servers servers, PatchServerProcess mortal) {
        this.report = report;
        this.servers = servers;
        this.mortal = mortal;
        this.fleet = new SimulatedFleet(servers, INTERVAL, this::fate);
    }

    /** Every fiftieth host fails with the first level; the second crashes whoever applies it. */
    private void fate(SimulatedHost host, int number, long level) {
        if (level > 1) {
            host.crashes();
        } else if (number % (100 / FAILING_PERCENT) == 7) {
            host.fails();
        } else {
            host.settles();
        }
    }

    /** Arguments: a folder to work in, the folder for the record, the commit, how many hosts. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = Path.of(arguments[0]);
        int count = Integer.parseInt(arguments[3]);
        var report = new SimulationReport(arguments[2], count, FAILING_PERCENT, INTERVAL);
        boolean passed;
        try (var first = PatchServerProcess.start(folder.resolve("first"))) {
            Files.write(
                    first.trustDirectory().resolve("alice.der"),
                    TestPublishers.alice().certificate().der());
            try (var second = PatchServerProcess.start(folder.resolve("second"), first.sameDatabase())) {
                var benchmark = new RolloutBenchmark(report, Servers.of(List.of(first, second)), second);
                passed = benchmark.run(count);
            }
        }
        Path record = Path.of(arguments[1]);
        Files.createDirectories(record);
        Files.writeString(record.resolve("rollout.md"), report.markdown());
        System.out.println(report.markdown());
        System.out.println("bench: " + (passed ? "ok" : "FAILED"));
        System.exit(passed ? 0 : 1);
    }

    private boolean run(int count) throws IOException, InterruptedException {
        String key = servers.admin(
                        "POST", "/api/v1/enrollment-keys", Map.of("name", "sim", "uses", count, "validHours", 24))
                .path("key")
                .asString();
        long began = System.nanoTime();
        for (int build = 0; build < PERCENT.length; build++) {
            var kernel = SimulatedBundle.kernel(build);
            int share = count * PERCENT[build] / 100;
            hosts.put(kernel, share);
            fleet.enroll(share, kernel, key);
            System.out.printf("bench: %d hosts have joined%n", fleet.hosts().size());
        }
        report.enrolled(Duration.ofNanos(System.nanoTime() - began));
        servers.admin("PUT", "/api/v1/plans/default", PLAN);
        fleet.start();
        try (fleet) {
            complete();
            crash();
            report.polls(fleet.latencies(), fleet.unanswered());
        }
        report.violations(violations);
        return violations.isEmpty();
    }

    /** The first level reaches everybody, although a server is killed when half of them are being told. */
    private void complete() throws IOException, InterruptedException {
        Instant began = Instant.now();
        publish("sim-1", 1);
        boolean killed = false;
        JsonNode rollout = rollout("sim-1");
        while (!all(rollout, "completed")) {
            demandPatience(began, rollout);
            if (any(rollout, "halted")) {
                violations.add("it halted: " + rollout.path("builds"));
                return;
            }
            if (!killed && rollout.path("builds").get(0).path("ring").asInt() == 3) {
                killed = true;
                System.out.println("bench: a server is killed");
                Instant killedAt = Instant.now();
                mortal.kill();
                mortal.startAgain();
                report.killed(Duration.between(began, killedAt), Duration.between(killedAt, Instant.now()));
            }
            Thread.sleep(500);
            rollout = rollout("sim-1");
        }
        report.completed(Duration.between(began, Instant.now()));
        Thread.sleep(SEALING.toMillis());
        check("sim-1", 1);
        report.told(fleet.told(1).size());
        if (!killed) {
            violations.add("no server was killed: the rollout was too fast");
        }
    }

    /** The second level crashes its canaries, and reaches nobody else. */
    private void crash() throws IOException, InterruptedException {
        Instant began = Instant.now();
        publish("sim-2", 2);
        JsonNode rollout = rollout("sim-2");
        Duration slowest = Duration.ZERO;
        while (!all(rollout, "halted")) {
            demandPatience(began, rollout);
            Thread.sleep(100);
            rollout = rollout("sim-2");
        }
        // Whoever was to be told wrongly would be by then; and all that happened is sealed.
        Thread.sleep(INTERVAL.multipliedBy(2).toMillis());
        var halts = halts("sim-2");
        for (JsonNode build : rollout.path("builds")) {
            var halt = halts.getOrDefault(build.path("bundle").asString(), Instant.MAX);
            var first = firstIncident("sim-2", build.path("bundle").asString());
            Duration took = Duration.between(first, halt);
            slowest = took.compareTo(slowest) > 0 ? took : slowest;
        }
        if (slowest.compareTo(HALT) > 0) {
            violations.add("a halt took %s".formatted(slowest));
        }
        check("sim-2", 2);
        report.crashed(fleet.told(2).size(), slowest);
    }

    /** When each bundle's rollout halted, by the audit log. */
    private Map<String, Instant> halts(String publication) {
        var halts = new HashMap<String, Instant>();
        steps(publication).stream()
                .filter(step -> step.action().equals("rollout.bundle-quarantined"))
                .forEach(step -> halts.put(step.bundle(), step.at()));
        return halts;
    }

    /** When the first host of a bundle has reported its crash, by the server that stored it. */
    private Instant firstIncident(String publication, String bundle) {
        Instant first = Instant.MAX;
        for (JsonNode host : servers.admin(
                        "GET", "/api/v1/rollouts/%s/hosts?state=incident&limit=1000".formatted(publication), Map.of())
                .path("items")) {
            if (host.path("bundle").asString().equals(bundle)) {
                Instant seen = Instant.parse(servers.admin(
                                "GET", "/api/v1/hosts/" + host.path("host").asString(), Map.of())
                        .path("quarantined")
                        .get(0)
                        .path("at")
                        .asString());
                first = seen.isBefore(first) ? seen : first;
            }
        }
        return first;
    }

    /** A step of a rollout, as the audit log has it. */
    private record AuditedStep(Instant at, String action, String bundle) {}

    /** All of a publication's, once they are sealed. */
    private List<AuditedStep> steps(String publication) {
        return servers.admin("GET", "/api/v1/audit?subject=rollout:" + publication + "&limit=1000", Map.of())
                .path("items")
                .valueStream()
                .map(entry -> new AuditedStep(
                        Instant.parse(entry.path("at").asString()),
                        entry.path("action").asString(),
                        WireJson.mapper()
                                .readTree(entry.path("detail").asString())
                                .path("bundle")
                                .asString("")))
                .toList();
    }

    private void publish(String publication, long level) throws IOException {
        for (KernelBuild kernel : hosts.keySet()) {
            servers.publish(SimulatedBundle.of(kernel, publication, level));
        }
    }

    private void check(String publication, long level) {
        Map<UUID, Instant> told = fleet.told(level);
        var plan = RolloutPlan.CAREFUL.rings().stream()
                .map(RolloutPlan.Ring::reach)
                .toList();
        for (JsonNode build : rollout(publication).path("builds")) {
            String bundle = build.path("bundle").asString();
            String buildId = build.path("kernel").path("buildId").asString();
            var rings = rings(publication, bundle, plan);
            var times = fleet.hosts().stream()
                    .filter(host -> host.kernel().buildId().hex().equals(buildId))
                    .filter(host -> told.containsKey(host.id()))
                    .map(host -> told.getOrDefault(host.id(), Instant.MIN))
                    .toList();
            int size = hosts.entrySet().stream()
                    .filter(one -> one.getKey().buildId().hex().equals(buildId))
                    .mapToInt(Map.Entry::getValue)
                    .sum();
            RingCheck.violations(size, rings, times)
                    .forEach(violation ->
                            violations.add("%s, %s: %s".formatted(publication, buildId.substring(0, 4), violation)));
            report.build(publication, size, times.size(), rings);
        }
    }

    private List<RingCheck.Ring> rings(String publication, String bundle, List<Amount> plan) {
        var rings = new ArrayList<RingCheck.Ring>();
        steps(publication).stream()
                .filter(step -> step.bundle().equals(bundle))
                .filter(step -> List.of("rollout.begun", "rollout.ring-begun").contains(step.action()))
                .map(AuditedStep::at)
                .sorted()
                .forEach(at -> rings.add(new RingCheck.Ring(at, plan.get(rings.size()))));
        return rings;
    }

    private JsonNode rollout(String publication) {
        return servers.admin("GET", "/api/v1/rollouts/" + publication, Map.of());
    }

    private static boolean all(JsonNode rollout, String state) {
        return rollout.path("builds")
                .valueStream()
                .allMatch(build -> build.path("state").asString().equals(state));
    }

    private static boolean any(JsonNode rollout, String state) {
        return rollout.path("builds")
                .valueStream()
                .anyMatch(build -> build.path("state").asString().equals(state));
    }

    private static void demandPatience(Instant began, JsonNode rollout) {
        if (began.plus(PATIENCE).isBefore(Instant.now())) {
            throw new IllegalStateException("not within %s: %s".formatted(PATIENCE, rollout));
        }
    }
}
