package io.rebootless.product;

import static io.rebootless.testing.TestPublishers.alice;

import io.rebootless.kernel.KernelBuild;
import io.rebootless.module.KernelGuest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/**
 * A patch server that trusts alice, and the one host of its fleet, enrolled, its agent not started.
 *
 * @param server the process
 * @param admin its REST interface
 * @param host the host
 * @param levels what is published for it
 */
record GuardedHost(PatchServerProcess server, ServerAdmin admin, Host host, Levels levels) implements AutoCloseable {
    /** Starts both; the host's agent watches a level for so many seconds before it counts as settled. */
    static GuardedHost start(Path folder, ModuleBuild module, int soakSeconds) {
        try {
            Path certificate = folder.resolve("alice.der");
            Files.write(certificate, alice().certificate().der());
            var server = PatchServerProcess.start(folder.resolve("server"));
            Files.createDirectories(server.trustDirectory());
            Files.copy(certificate, server.trustDirectory().resolve("alice.der"));
            var admin = ServerAdmin.of(server);
            // What the server does about a bad level is no help here: the host is to help itself.
            admin.releaseAtOnce();
            var host = Host.boot(folder, Host.agentLayer(folder.resolve("agent.cpio")), module, certificate);
            host.enroll(server, Files.writeString(folder.resolve("enrollment.key"), admin.enrollmentKey(1)));
            host.configure("soak.seconds", soakSeconds);
            KernelBuild kernel = KernelGuest.of(host.guest()).build();
            return new GuardedHost(server, admin, host, new Levels(admin, module, kernel));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the server shows something about the host that it has heard from this boot's agent; returns it all. */
    JsonNode awaitHeard(String what, Duration limit, Predicate<JsonNode> shown) {
        String boot = host.guest().bootId().toString();
        var heard = new AtomicReference<JsonNode>();
        host.await(
                what,
                any -> {
                    heard.set(admin.host());
                    return heard.get().path("bootId").asString("").equals(boot) && shown.test(heard.get());
                },
                limit);
        return heard.get();
    }

    @Override
    public void close() {
        host.close();
        server.close();
    }
}
