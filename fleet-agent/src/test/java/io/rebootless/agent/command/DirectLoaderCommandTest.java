package io.rebootless.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.agent.testing.CommandLineHost;
import io.rebootless.testing.TestBundles;
import io.rebootless.testing.TestPublishers;
import io.rebootless.trust.TrustDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** What commands say on a host without the kernel module, whose agent loads livepatches itself. */
@ResourceLock(Resources.SYSTEM_OUT)
class DirectLoaderCommandTest {
    @TempDir
    private Path directory;

    private CommandLineHost host;

    @BeforeEach
    void withoutTheModule() throws IOException {
        host = new CommandLineHost(directory, "loader=direct", "runtime.directory=" + directory.resolve("run"));
        try (var files = Files.walk(host.root().sysfs().resolve("kernel/rebootless"))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @AfterEach
    void restore() {
        host.close();
    }

    @Test
    void statusMissesNoModule() {
        assertThat(host.run("status")).isEqualTo(4);
        assertThat(host.out())
                .contains("✓ loads livepatches itself (loader = direct)", "nobody verifies after this agent")
                .doesNotContain("module");
        assertThat(directory.resolve("run")).as("who only looks makes nothing").doesNotExist();
    }

    @Test
    void trustIsTheDirectorysAloneAndATrustBundleChangesIt() throws IOException {
        assertThat(host.run("trust")).isZero();
        assertThat(host.out()).contains("✓ this agent verifies against these", "loader = direct");

        Path file = Files.write(
                directory.resolve("keys.rlb"),
                TestBundles.trust(3, 1, List.of(TestPublishers.bob().certificate()), TestPublishers.mallory()));
        assertThat(host.run("trust", "update", file.toString())).isEqualTo(2);
        Files.write(file, TestBundles.trust(3, 1, List.of(TestPublishers.bob().certificate()), TestPublishers.alice()));
        assertThat(host.run("trust", "update", file.toString())).as(host.out()).isZero();
        assertThat(host.out())
                .contains(
                        "✓ trust level 3 is in force",
                        TestPublishers.bob().certificate().fingerprint().hex());
        assertThat(directory.resolve("trust.d").resolve(TrustDirectory.fileName(3)))
                .exists();
        assertThat(host.run("trust", "update", file.toString())).as("again").isZero();
    }

    @Test
    void preflightAsksForWhatItNeedsItself() {
        host.run("preflight");
        assertThat(host.out()).containsPattern(". module-capability ").containsPattern("✓ module +not needed");
    }

    @Test
    void aWordThatIsNoLoaderIsAMistakeInTheSettings() throws IOException {
        host.config(host.root().settings("loader=both"));
        assertThat(host.run("status")).isEqualTo(78);
        assertThat(host.out()).contains("loader is module or direct, not \"both\"");
    }
}
