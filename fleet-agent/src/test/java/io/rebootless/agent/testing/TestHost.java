package io.rebootless.agent.testing;

import io.rebootless.agent.authority.ServerAuthorities;
import io.rebootless.agent.cycle.Cycle;
import io.rebootless.agent.cycle.Equipment;
import io.rebootless.agent.cycle.Patrol;
import io.rebootless.agent.cycle.Rules;
import io.rebootless.agent.cycle.Uplink;
import io.rebootless.agent.fetch.BundleCache;
import io.rebootless.agent.fetch.BundleFetch;
import io.rebootless.agent.guard.ShutdownMarks;
import io.rebootless.agent.host.BootClock;
import io.rebootless.agent.host.HostIdentity;
import io.rebootless.agent.host.KernelArgument;
import io.rebootless.agent.log.EventLog;
import io.rebootless.agent.memory.Hold;
import io.rebootless.agent.memory.Membership;
import io.rebootless.agent.memory.Standing;
import io.rebootless.agent.memory.StateDirectory;
import io.rebootless.agent.policy.LocalFiles;
import io.rebootless.agent.probe.Probes;
import io.rebootless.agent.server.ServerClient;
import io.rebootless.agent.server.Timeouts;
import io.rebootless.agent.server.Tls;
import io.rebootless.agent.verification.InProcessVerification;
import io.rebootless.agent.verification.Verification;
import io.rebootless.bundle.RefusedException;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.testing.TestBundles;
import io.rebootless.testing.TestPublishers;
import io.rebootless.trust.TrustedPublishers;
import io.rebootless.wire.BundleReference;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** A whole agent on a simulated kernel, enrolled at a server on loopback; alice and bob are its publishers. */
public final class TestHost implements AutoCloseable {
    public static final Duration DEADLINE = Duration.ofSeconds(90);

    public static final Duration PROBE_INTERVAL = Duration.ofSeconds(10);

    private final Path directory;
    private final StateDirectory state;
    private final BundleCache cache;
    private final TurnedClock clock = new TurnedClock();
    private final LoopbackServer server = LoopbackServer.start();
    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private KernelBuild kernelBuild = TestBundles.KERNEL;
    private TrustedPublishers trusted = TrustedPublishers.of(
            List.of(TestPublishers.alice().certificate(), TestPublishers.bob().certificate()), 1);
    private Verification verification = new InProcessVerification(() -> trusted);
    private final SimulatedKernel kernel = new SimulatedKernel(kernelBuild, trusted);
    private int boot = 1;
    private final Random random = new Random(42);
    private Duration soak = Duration.ZERO;
    private Instant wall = Instant.parse("2026-11-22T12:00:00Z");

    public TestHost(Path directory) throws IOException {
        this.directory = directory;
        this.state = new StateDirectory(directory.resolve("state"), UUID::randomUUID);
        this.cache = new BundleCache(state.bundles());
        Files.createDirectories(directory.resolve("proc"));
        commandLine("quiet");
        state.create();
        cache.create();
        state.join(new Membership(new UUID(1, 2), LoopbackServer.TOKEN, Duration.ofSeconds(60)));
    }

    public SimulatedKernel kernel() {
        return kernel;
    }

    public LoopbackServer server() {
        return server;
    }

    public StateDirectory state() {
        return state;
    }

    public TurnedClock clock() {
        return clock;
    }

    public BundleCache cache() {
        return cache;
    }

    public String logged() {
        return logged.toString(StandardCharsets.UTF_8);
    }

    public void trust(TrustedPublishers newTrusted) {
        trusted = newTrusted;
    }

    /** Does something while a bundle is being verified. */
    public void verification(UnaryOperator<Verification> change) {
        verification = change.apply(verification);
    }

    /** One of the administrator's files beside the settings. */
    public void administrator(String file, String text) throws IOException {
        Path etc = Files.createDirectories(directory.resolve("etc"));
        Files.writeString(etc.resolve(file), text);
    }

    /** The kernel's command line. */
    public void commandLine(String words) throws IOException {
        Files.writeString(directory.resolve("proc/cmdline"), "root=/dev/vda1 " + words + "\n");
    }

    /** In order. */
    public void reboot() throws IOException {
        markShutdown();
        crash();
    }

    /** The end of a boot that nobody has announced, and the next one. */
    public void crash() {
        boot++;
        kernel.reboot();
        clock.reboot();
    }

    /** What {@code mark-shutdown} does when the system goes down. */
    public void markShutdown() throws IOException {
        Files.writeString(
                state.shutdownMarks(), "\n" + bootId() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    public String bootId() {
        return "boot-" + boot;
    }

    /** The next boot's kernel. */
    public void install(KernelBuild other) {
        kernelBuild = other;
    }

    public void soak(Duration newSoak) {
        soak = newSoak;
    }

    /** Sets the wall clock, forwards or back. */
    public void wall(Instant now) {
        wall = now;
    }

    public Instant wall() {
        return wall;
    }

    /** A shell script in the probes' directory. */
    public Path probe(String name, String... lines) throws IOException {
        Files.createDirectories(probes());
        Path probe = probes().resolve(name);
        Files.writeString(probe, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(probe, PosixFilePermissions.fromString("rwxr-xr-x"));
        return probe;
    }

    public Path probes() {
        return directory.resolve("probes.d");
    }

    /** A task of the host's, as the kernel shows it. */
    public void task(int pid, String name, int patchState) throws IOException {
        Path task = Files.createDirectories(directory.resolve("proc/%d/task/%d".formatted(pid, pid)));
        Files.writeString(task.resolve("comm"), name + "\n");
        Files.writeString(task.resolve("patch_state"), patchState + "\n");
    }

    private static int ownUid(Path ours) throws IOException {
        return (int) Files.getAttribute(ours, "unix:uid");
    }

    /** A bundle of alice's for this kernel, on the server. */
    public BundleReference publish(long level, long floor) {
        return publish(TestBundles.signed(
                kernelBuild, level, floor, TestBundles.manifest(level, "CVE-2026-0001"), TestPublishers.alice()));
    }

    public BundleReference publish(byte[] file) {
        var reference = reference(file);
        server.keep(reference.fileDigest(), file);
        return reference;
    }

    public static BundleReference reference(byte[] file) {
        try {
            var bundle = TestBundles.read(file);
            return new BundleReference(
                    bundle.identity(),
                    bundle.fileDigest(),
                    bundle.fileSize(),
                    bundle.header().level(),
                    bundle.manifest().publication());
        } catch (RefusedException e) {
            throw new IllegalArgumentException(e);
        }
    }

    public Equipment equipment() throws IOException {
        return equipment(clock);
    }

    public Equipment equipment(BootClock clock) throws IOException {
        return new Equipment(
                state,
                kernel,
                cache,
                new BundleFetch(cache, clock::sinceBoot, Duration.ofMinutes(10)),
                verification,
                new Probes(probes(), ownUid(directory), Duration.ofSeconds(5), Path.of("/proc")),
                new ShutdownMarks(state.shutdownMarks()),
                kernelBuild,
                new HostIdentity(
                        "web-1",
                        bootId(),
                        Optional.of("0123456789abcdef"),
                        Map.of("os.id", "debian", "os.version", "12")),
                directory.resolve("proc"),
                KernelArgument.read(directory.resolve("proc")),
                new LocalFiles(directory.resolve("etc")),
                clock,
                () -> wall,
                random,
                new Rules(DEADLINE, soak, PROBE_INTERVAL),
                "0.1.0",
                new EventLog(new PrintStream(logged, true, StandardCharsets.UTF_8), false));
    }

    /** A new process does one round. */
    public Standing once() throws Exception {
        return patrol().once();
    }

    /** A new process does what it can without the network. */
    public Standing offline() throws Exception {
        return new Cycle(equipment()).work(Uplink.NONE);
    }

    /** What the command does beside whatever else is under way. */
    public void revert(String reason) {
        try {
            new Cycle(equipment()).hold(new Hold(Hold.Mode.OFF, reason, wall));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    public Patrol patrol() throws IOException {
        var authorities =
                ServerAuthorities.of(Optional.empty(), state, equipment().log());
        return new Patrol(equipment(), client(), authorities);
    }

    /** An agent whose settings name another server; its token has not been bound to one yet. */
    public Patrol patrolAt(URI uri, Timeouts timeouts) throws IOException {
        state.join(new Membership(new UUID(1, 2), LoopbackServer.TOKEN, Duration.ofSeconds(60)));
        var client = new ServerClient(uri, Tls.of(Optional.empty()), timeouts, "test");
        return new Patrol(
                equipment(),
                client,
                ServerAuthorities.of(Optional.empty(), state, equipment().log()));
    }

    public ServerClient client() throws IOException {
        var timeouts = new Timeouts(Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(20));
        return new ServerClient(server.uri(), Tls.of(Optional.empty()), timeouts, "test");
    }

    @Override
    public void close() {
        server.close();
    }
}
