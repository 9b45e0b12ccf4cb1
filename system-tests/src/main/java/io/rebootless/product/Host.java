package io.rebootless.product;

import io.rebootless.guest.Disk;
import io.rebootless.guest.Guest;
import io.rebootless.guest.Initramfs;
import io.rebootless.guest.Job;
import io.rebootless.guest.Machine;
import io.rebootless.guest.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A server of the fleet: a guest with the agent and, unless it does without, the kernel module installed where their
 * packages put them, its state on a disk that survives the guest. The agent runs as root with its unit's capabilities.
 */
public final class Host implements AutoCloseable {
    private static final String AGENT = "/usr/lib/rebootless/agent";
    private static final String STATE = "/var/lib/rebootless";

    /** What {@code rebootless-shutdown-mark.service} runs when it is stopped. */
    private static final String MARK = AGENT + "/mark-shutdown";

    private static final Duration COMMAND = Duration.ofMinutes(3);

    private final Disk disk;
    private final Path layers;
    private final Path certificate;
    private final Loading loading;
    private Machine machine;
    private Guest guest;
    private int boots = 1;
    private @Nullable Job agent;

    private Host(Disk disk, Path layers, Path certificate, ModuleBuild module, Loading loading) {
        this.disk = disk;
        this.layers = layers;
        this.certificate = certificate;
        this.loading = loading;
        machine = machine(module);
        guest = machine.boot();
    }

    /**
     * Boots a host that trusts a publisher.
     *
     * @param folder for this host's disk and archives
     * @param layers written once, shared by all hosts: {@link #agentLayer}
     * @param module the kernel module for its kernel
     * @param publisher whose bundles it takes
     */
    public static Host boot(Path folder, Path layers, ModuleBuild module, Publisher publisher) {
        return boot(folder, layers, module, publisher.certificate());
    }

    /** The same, with the publisher's certificate in a file. */
    static Host boot(Path folder, Path layers, ModuleBuild module, Path certificate) {
        return boot(folder, layers, module, certificate, Loading.BY_MODULE);
    }

    /** The same, without the kernel module, its agent told to load livepatches itself. */
    static Host bootWithoutModule(Path folder, Path layers, ModuleBuild module, Publisher publisher) {
        return boot(folder, layers, module, publisher.certificate(), Loading.BY_AGENT);
    }

    private static Host boot(Path folder, Path layers, ModuleBuild module, Path certificate, Loading loading) {
        var host = new Host(Disk.create(folder.resolve("host.disk"), 256), layers, certificate, module, loading);
        host.beforeTheAgent();
        return host;
    }

    private Machine machine(ModuleBuild module) {
        Machine made = loading.machine(module).layer(layers).disk(disk, STATE).memory(1024);
        made.files().file("/etc/rebootless/trust.d/publisher.crt", certificate);
        return made;
    }

    /** Writes the archive with the agent, its Java runtime and setpriv. */
    public static Path agentLayer(Path archive) {
        return new Initramfs()
                .tree(AGENT, Distribution.agent())
                .symlink("/usr/bin/rebootless-agent", AGENT + "/bin/rebootless-agent")
                .program(Path.of("/usr/bin/setpriv"))
                // A host that has a minute to spend on watching a level would make every story longer by it.
                .file("/etc/rebootless/agent.properties", "soak.seconds=0\n")
                .writeTo(archive);
    }

    /** What units do before the agent starts. */
    private void beforeTheAgent() {
        loading.beforeTheAgent(guest);
        guest.sh(MARK + " --withdraw");
    }

    public Guest guest() {
        return guest;
    }

    /** Joins the fleet with a key. */
    public void enroll(PatchServerProcess server, Path key) {
        Result enrolled = tryToEnroll(server, key);
        if (enrolled.exit() != 0) {
            throw new AssertionError("the host could not enrol:\n" + enrolled);
        }
        // The settings are in the initramfs, which a power cut forgets; the disk does not.
        guest.sh("cp -r /etc/rebootless %s/etc && sync".formatted(STATE));
    }

    /** Asks whether it could join a server's fleet and be patched. */
    public Result preflight(PatchServerProcess server) {
        guest.push(server.ca(), "/run/ca.pem");
        return agent("preflight --server %s --ca /run/ca.pem".formatted(server.urlFromGuests()));
    }

    /** Asks to join the fleet with a key, whatever comes of it. */
    public Result tryToEnroll(PatchServerProcess server, Path key) {
        guest.push(server.ca(), "/run/ca.pem");
        guest.push(key, "/run/enrollment.key");
        return agent(
                "enroll --server %s --ca /run/ca.pem --key-file /run/enrollment.key".formatted(server.urlFromGuests()));
    }

    /** Changes a setting of an enrolled host's agent, which reads them when it starts. */
    void configure(String name, int value) {
        guest.sh("""
                cd /etc/rebootless
                grep -v '^%1$s=' agent.properties >agent.properties.new
                echo '%1$s=%2$d' >>agent.properties.new
                mv agent.properties.new agent.properties
                cp agent.properties %3$s/etc/
                sync""".formatted(name, value, STATE));
    }

    /** Starts the agent's service. */
    public void startAgent() {
        agent = guest.start("exec %s /usr/bin/rebootless-agent run".formatted(loading.setpriv()));
        // Until then the process is still the shell that was to become it.
        guest.sh("until grep -q java /proc/%d/comm; do usleep 50000; done".formatted(agent.pid()));
    }

    /** Stops the agent's service as the service manager does. */
    void stopAgent() {
        agent().signal("TERM");
        agent().await(COMMAND);
        agent = null;
    }

    /** The agent's service, started before. */
    public Job agent() {
        if (agent == null) {
            throw new IllegalStateException("startAgent() first");
        }
        return agent;
    }

    /** Runs a command of the agent's with the service's capabilities. */
    public Result agent(String words) {
        return guest.run("%s /usr/bin/rebootless-agent %s".formatted(loading.setpriv(), words), COMMAND);
    }

    /** The level in the kernel, as the module says it. */
    public long level() {
        return Long.parseLong(guest.sh("cat /sys/kernel/rebootless/level"));
    }

    /** Waits until a shell condition holds in the guest; fails with the agent's log. */
    public void await(String what, String condition, Duration limit) {
        await(what, host -> host.guest.run(condition).exit() == 0, limit);
    }

    /** Waits until something is so; fails with the agent's log. */
    public void await(String what, Predicate<Host> condition, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.test(this)) {
            if (System.nanoTime() > end) {
                throw new AssertionError("%s: not within %s. The agent's log:%n%s"
                        .formatted(what, limit, agent == null ? "(not started)" : agent.log()));
            }
            try {
                Thread.sleep(200);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    /** Waits until a level is in force for every task, as the module says it. */
    public void awaitInForce(int level, Duration limit) {
        await(
                "level " + level,
                "[ $(cat /sys/kernel/rebootless/level) = %d ] && [ $(cat /sys/kernel/livepatch/*/transition) = 0 ]"
                        .formatted(level),
                limit);
    }

    /** Pulls the plug and boots again; what was on the disk is there, and the boot unit has done its work. */
    public void powerCutAndBoot() {
        guest.powerCut();
        bootAgain();
    }

    /** Shuts the host down in order: the agent is stopped, the shutdown marked, the disk unmounted. */
    void shutDown() {
        stopAgent();
        guest.sh(MARK);
        guest.powerOff();
    }

    /** Waits until the host has taken itself down. */
    void awaitCrash(Duration limit) {
        guest.awaitEnd(limit);
        if (!guest.panicked()) {
            throw new AssertionError("The host has ended, and its kernel has not panicked:\n" + guest.console());
        }
    }

    /** Boots what has ended, up to where the agent would start. */
    void bootAgain() {
        guest.close();
        agent = null;
        guest = machine.boot();
        boots++;
        guest.sh("cp -r %s/etc/. /etc/rebootless/".formatted(STATE));
        beforeTheAgent();
    }

    /** Boots what has ended with another kernel on the same disk. */
    void bootAgain(ModuleBuild other) {
        machine = machine(other);
        bootAgain();
    }

    /** How often it was switched on. */
    int boots() {
        return boots;
    }

    @Override
    public void close() {
        guest.close();
    }
}
