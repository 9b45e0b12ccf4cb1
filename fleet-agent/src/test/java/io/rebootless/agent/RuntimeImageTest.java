package io.rebootless.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rebootless.agent.settings.SettingsFile;
import io.rebootless.agent.testing.FakeRoot;
import io.rebootless.agent.testing.LoopbackServer;
import io.rebootless.agent.testing.TestCa;
import io.rebootless.agent.testing.TestHost;
import io.rebootless.testing.TestBundles;
import io.rebootless.testing.TestPublishers;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The modules in {@code src/dist/runtime-modules} are enough: for TLS, JSON and the verification of signatures. */
class RuntimeImageTest {
    @TempDir
    private Path directory;

    private final byte[] bundle = TestBundles.signed(1, TestPublishers.alice());
    private Path java;
    private Path config;

    @Test
    void theAgentWorksOnTheSmallRuntime() throws Exception {
        java = runtime();
        var ca = new TestCa("CN=ours");
        try (var server = new LoopbackServer(ca.server("127.0.0.1"))) {
            var root = FakeRoot.in(directory);
            config = root.settings();
            Path key = Files.writeString(directory.resolve("key"), LoopbackServer.KEY);
            String uri = server.uri().toString().replace("http:", "https:");
            var reference = TestHost.reference(bundle);
            server.keep(reference.fileDigest(), bundle);
            server.orderRun(1, reference);
            Files.write(root.sysfs().resolve("kernel/rebootless/bundle"), new byte[0]);

            String pem = ca.pem(directory.resolve("ca.pem")).toString();
            assertThat(run("enroll", "--server", uri, "--ca", pem, "--key-file", key.toString()))
                    .isEqualTo("0");
            assertThat(run(
                            "verify",
                            Files.write(directory.resolve("fix.rlb"), bundle).toString()))
                    .isEqualTo("0");
            assertThat(run("once")).as("plain files are no kernel").isEqualTo("2");
            assertThat(server.lastReport().failure())
                    .isNotNull()
                    .extracting(failure -> failure.name())
                    .isEqualTo("not-in-force");
            assertThat(Files.readAllBytes(root.sysfs().resolve("kernel/rebootless/bundle")))
                    .isEqualTo(bundle);
            assertThat(run("status", "--json")).isEqualTo("2");
            assertTheServiceStaysSmall(server);
        }
    }

    /** It verifies a bundle, and has neither what verifies nor the command line's library in memory afterwards. */
    private void assertTheServiceStaysSmall(LoopbackServer server) throws IOException, InterruptedException {
        Path loaded = directory.resolve("classes");
        Path output = directory.resolve("service");
        server.reports().clear();
        var command = new ArrayList<>(List.of(
                java.toString(), "-XX:+UseSerialGC", "-Xmx24m", "-Xlog:class+load:file=" + loaded, "-cp", classPath()));
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.command().addAll(List.of(Agent.class.getName(), "run"));
        builder.environment().put(SettingsFile.ENVIRONMENT, config.toString());
        // A new directive, under which the bundle is tried again.
        server.orderRun(2, TestHost.reference(bundle));
        var service = builder.start();
        try {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (!Files.readString(output).contains("verified: ")) {
                assertThat(service.isAlive() && System.nanoTime() < end)
                        .as(Files.readString(output))
                        .isTrue();
                Thread.sleep(50);
            }
        } finally {
            service.destroy();
            assertThat(service.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(Files.readAllLines(loaded))
                .anyMatch(line -> line.contains(" io.rebootless.agent.cycle.Patrol "))
                .noneMatch(line -> line.contains(" org.bouncycastle.") || line.contains(" picocli."));
    }

    private Path runtime() throws IOException {
        var jlink = ToolProvider.findFirst("jlink");
        assumeTrue(jlink.isPresent(), "this Java has no jlink");
        String modules = Files.readString(Path.of("src/dist/runtime-modules")).strip();
        Path image = directory.resolve("runtime");
        var said = new StringWriter();
        var words = new PrintWriter(said);
        int code = jlink.get().run(words, words, "--add-modules", modules, "--output", image.toString());
        assertThat(code).as(said.toString()).isZero();
        return image.resolve("bin/java");
    }

    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /** The exit code, or what was printed if that tells more. */
    private String run(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(
                List.of(java.toString(), "-XX:+UseSerialGC", "-Xmx24m", "-cp", classPath(), Agent.class.getName()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--config", config.toString()));
        Path output = directory.resolve("output");
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        String printed = Files.readString(output);
        return printed.contains("cannot run the agent") || printed.contains("\tat ")
                ? printed
                : Integer.toString(process.exitValue());
    }
}
