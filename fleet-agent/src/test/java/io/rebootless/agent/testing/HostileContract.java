package io.rebootless.agent.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.rebootless.agent.memory.ServerTrouble;
import io.rebootless.agent.server.Timeouts;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BundleReference;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A host with a level in force, and what it must keep to whatever a server does: it is done in time, keeps what is in force,
 * does not touch the kernel, takes bounded memory and disk, says in a line what is wrong, and remembers it as a trouble of
 * the server's.
 */
public final class HostileContract implements AutoCloseable {
    public static final Timeouts SHORT =
            new Timeouts(Duration.ofMillis(800), Duration.ofMillis(800), Duration.ofMillis(1500));

    /** Far more than all of these add up to, for a machine that is busy with other things. */
    private static final Duration IN_TIME = Duration.ofSeconds(20);

    private final Path directory;
    private final TestHost host;
    private final BundleReference inForce;

    public HostileContract(Path directory) throws Exception {
        this.directory = directory;
        this.host = new TestHost(directory);
        this.inForce = host.publish(1, 0);
        host.server().orderRun(3, inForce);
        assertThat(host.once().state()).isEqualTo(AgentState.SETTLED);
    }

    public TestHost host() {
        return host;
    }

    /** One round; what it throws is for people. */
    public void round(HostileServer server) throws IOException {
        var patrol = host.patrolAt(server.uri(), SHORT);
        long began = System.nanoTime();
        var failure = catchThrowable(patrol::once);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(IN_TIME);
        if (failure != null) {
            assertThat(failure)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(server.uri().toString());
        }
    }

    public ServerTrouble trouble() throws IOException {
        return host.state().look().reporting().trouble().orElseThrow();
    }

    /** {@code more} is how many bytes a bundle under way may take. */
    public void unharmed(long more) throws IOException {
        assertThat(host.kernel().state().inForce()).isTrue();
        assertThat(host.kernel().state().level()).isEqualTo(1);
        assertThat(host.kernel().log()).as("the kernel is not touched").containsExactly("upgrade");
        assertThat(host.cache().has(inForce.fileDigest()))
                .as("for the next boot")
                .isTrue();
        assertThat(bytesBelow(host.state().bundles())).isLessThanOrEqualTo(inForce.size() + more);
        assertThat(Files.size(directory.resolve("state/state.json"))).isLessThan(16 * 1024);
    }

    private static long bytesBelow(Path directory) throws IOException {
        long sum = 0;
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                sum += Files.size(file);
            }
        }
        return sum;
    }

    public static void write(OutputStream out, String bytes) throws IOException {
        out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    /** Each byte comes before a single read would time out. */
    public static void drip(OutputStream out, String bytes) throws IOException, InterruptedException {
        for (char c : bytes.toCharArray()) {
            write(out, String.valueOf(c));
            Thread.sleep(100);
        }
    }

    public static void endless(OutputStream out) throws IOException {
        byte[] some = "x".repeat(64 * 1024).getBytes(StandardCharsets.US_ASCII);
        for (; ; ) {
            out.write(some);
        }
    }

    @Override
    public void close() {
        host.close();
    }
}
