package io.rebootless.demo;

import io.rebootless.guest.DebianKernel;
import io.rebootless.guest.GuestFailed;
import io.rebootless.guest.Result;
import io.rebootless.product.Host;
import io.rebootless.product.ModuleBuild;
import io.rebootless.product.PatchServerProcess;
import io.rebootless.product.Publisher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** The story: a running Debian host takes level 1, then level 2, then none, and never reboots. */
public final class Demo {
    /** On a machine that has other work, too. */
    private static final Duration SOON = Duration.ofMinutes(5);

    private final Path folder;
    private final Timeline timeline = new Timeline(System.out);
    private final List<Long> levels = new ArrayList<>();
    private Fixes fixes = Fixes.GREETINGS;

    private Demo(Path folder) {
        this.folder = folder;
    }

    /** Runs the demo in the folder named by the only argument. */
    public static void main(String[] arguments) throws IOException {
        try {
            new Demo(Path.of(arguments[0])).run();
        } catch (AssertionError | GuestFailed | IllegalStateException | CompletionException e) {
            System.out.println("\ndemo: FAILED: " + e.getMessage());
            System.exit(1);
        }
        System.out.println("demo: ok");
        // The guest's reader threads may outlive it for a moment.
        System.exit(0);
    }

    private void run() throws IOException {
        timeline.heading("Before: a server, a publisher, a real kernel");
        // The server takes as long to start as the guest to boot: side by side.
        var starting = CompletableFuture.supplyAsync(() -> PatchServerProcess.start(folder.resolve("server")));
        try {
            var publisher = timeline.step(
                    "publisher",
                    "made a signing key; the server never sees it",
                    () -> Publisher.create(folder, "publisher"));
            var kernel = timeline.step(
                    "host",
                    "a Debian kernel, as Debian built it",
                    () -> DebianKernel.get(System.getProperty("rebootless.kernel", "oldest-6.1")));
            var module = timeline.step(
                    "publisher",
                    "built kernel module and sample livepatches for " + kernel,
                    () -> ModuleBuild.of(kernel));
            var layer = Host.agentLayer(folder.resolve("agent.cpio"));
            try (var host = timeline.step(
                    "host",
                    "booted " + kernel + " in QEMU, sealed the publisher's certificate into the kernel",
                    () -> Host.boot(folder, layer, module, publisher))) {
                var server = timeline.step(
                        "server", "is up meanwhile: HTTPS by its own CA, embedded PostgreSQL", starting::join);
                publisher.trustedBy(server);
                fixes = timeline.step(
                        "publisher", "looked for flaws that there are livepatches for", () -> Fixes.of(module, host));
                if (fixes == Fixes.GREETINGS) {
                    timeline.note("publisher", "this kernel has none of them: two changed greetings stand for fixes");
                }
                story(server, publisher, module, host);
                refusals(server, publisher, host);
            }
        } finally {
            starting.thenAccept(PatchServerProcess::close).join();
        }
    }

    private void story(PatchServerProcess server, Publisher publisher, ModuleBuild module, Host host) {
        UUID boot = host.guest().bootId();
        timeline.heading("The host joins");
        timeline.step("host", "enrolled with a key, agent started", () -> {
            host.enroll(server, publisher.enrollmentKey(server, "--label", "env=demo"));
            host.startAgent();
        });
        timeline.note("host", "the agent holds no CAP_SYS_MODULE: " + capabilities(host));
        show(module, host);

        timeline.heading("Level 1 is published");
        Path level1 = timeline.step("publisher", "created and signed level 1", () -> bundle(publisher, module, 1));
        upload(server, publisher, level1);
        timeline.step(
                "host",
                "took level 1 by itself: fetched, verified, verified by the kernel, applied",
                () -> host.awaitInForce(1, SOON));
        show(module, host);

        timeline.heading("Level 2 is published: it contains level 1's fix and one more");
        Path level2 = timeline.step("publisher", "created and signed level 2", () -> bundle(publisher, module, 2));
        upload(server, publisher, level2);
        timeline.step(
                "host", "took level 2 by itself: atomic replacement of level 1", () -> host.awaitInForce(2, SOON));
        show(module, host);
        gate(server, publisher, host);

        timeline.heading("Back to none");
        timeline.step("operator", "rebootless-agent revert", () -> must(host.agent("revert --reason demo")));
        host.await("level 0", "[ $(cat /sys/kernel/rebootless/level) = 0 ]", SOON);
        show(module, host);
        require(host.guest().bootId().equals(boot), "the boot id has changed");
        require(levels.equals(List.of(0L, 1L, 2L, 0L)), "levels were " + levels);
        timeline.note("host", "level 0 → 1 → 2 → 0 on boot id " + boot + ", nothing rebooted");
    }

    private void refusals(PatchServerProcess server, Publisher publisher, Host host) throws IOException {
        timeline.heading("What is tampered with is refused, three times over");
        Path level2 = folder.resolve("level-2.rlb");
        Path tampered = folder.resolve("tampered.rlb");
        byte[] bytes = Files.readAllBytes(level2);
        bytes[bytes.length / 2] ^= 1;
        Files.write(tampered, bytes);

        var upload = publisher.upload(server, tampered);
        require(upload.exit() == 1, "the server took a tampered bundle:\n" + upload);
        timeline.note("server", "one bit of the upload changed:");
        timeline.quote(upload.err());

        var download = tamperedDownload(server, host);
        require(download.exit() == 2, "the agent took a tampered download:\n" + download);
        timeline.note("agent", "one bit changed in the server's own store, behind its back:");
        timeline.quote(failure(download.out()));

        host.guest().push(tampered, "/tmp/tampered.rlb");
        Result root = host.guest()
                .run(
                        "cat /tmp/tampered.rlb >/sys/kernel/rebootless/bundle; echo upgrade >/sys/kernel/rebootless/apply");
        require(root.exit() != 0, "the kernel took a tampered bundle");
        timeline.note("kernel", "root writes the changed bundle straight into sysfs:");
        timeline.quote(root.err().strip() + "\n" + host.guest().sh("cat /sys/kernel/rebootless/last_error"));
        require(host.level() == 0, "a refusal has changed the level");
        timeline.note("host", "still level 0: three refusals changed nothing");
    }

    /** Flips a bit in the stored level 2, has the agent fetch it anew, and mends it again. */
    private Result tamperedDownload(PatchServerProcess server, Host host) throws IOException {
        byte[] original = Files.readAllBytes(folder.resolve("level-2.rlb"));
        Path stored = server.blobs().stream()
                .filter(file -> file.toFile().length() == original.length)
                .filter(file -> sameContent(file, original))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("level 2 is not in the server's store"));
        byte[] changed = original.clone();
        changed[changed.length / 2] ^= 1;
        host.agent().signal("TERM");
        host.agent().await(SOON);
        host.guest().sh("rm -f /var/lib/rebootless/bundles/*");
        Files.write(stored, changed);
        try {
            return host.agent("resume");
        } finally {
            Files.write(stored, original);
        }
    }

    private Path bundle(Publisher publisher, ModuleBuild module, int level) {
        return publisher.bundle(module, fixes.image(module, level), level, fixes.cves(level));
    }

    private void upload(PatchServerProcess server, Publisher publisher, Path bundle) {
        timeline.step(
                "server",
                "verified and published " + bundle.getFileName(),
                () -> must(publisher.upload(server, bundle)));
    }

    private void gate(PatchServerProcess server, Publisher publisher, Host host) {
        String fixed = fixes.cves(2).get(1);
        timeline.step(
                "server",
                "has the host's report",
                () -> host.await(
                        "a report of level 2",
                        h -> publisher.ask(server, "gate", "--cve", fixed).exit() == 0,
                        SOON));
        for (String cve : List.of(fixed, "CVE-2026-9999")) {
            Result gate = publisher.ask(server, "gate", "--cve", cve);
            timeline.note("pipeline", "rebootless gate --cve %s: exit code %d".formatted(cve, gate.exit()));
            timeline.quote(gate.out());
            require(gate.exit() == (cve.equals(fixed) ? 0 : 2), "the gate's verdict is wrong:\n" + gate);
        }
    }

    private void show(ModuleBuild module, Host host) {
        levels.add(host.level());
        timeline.proof(host);
        fixes.look(module, host).forEach(timeline::quote);
    }

    private static String capabilities(Host host) {
        String hex = host.guest()
                .sh("sed -n 's/^CapBnd:.//p' /proc/%d/status"
                        .formatted(host.agent().pid()));
        long bounding = Long.parseUnsignedLong(hex.strip(), 16);
        int sysModule = 16; // CAP_SYS_MODULE in linux/capability.h
        require((bounding >> sysModule & 1) == 0, "the agent can load modules");
        return "CapBnd " + hex.strip();
    }

    private static String failure(String status) {
        var lines = status.lines().filter(line -> line.contains("✗")).toList();
        return lines.isEmpty() ? status : String.join("\n", lines);
    }

    private static void must(Result result) {
        require(result.exit() == 0, result.toString());
    }

    private static boolean sameContent(Path file, byte[] content) {
        try {
            return java.util.Arrays.equals(Files.readAllBytes(file), content);
        } catch (IOException e) {
            return false;
        }
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise);
        }
    }
}
