package io.rebootless.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.agent.testing.FakeRoot;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.testing.TestBundles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelIdentityTest {
    @TempDir
    private Path directory;

    @Test
    void theKernelIsAskedItself() throws IOException {
        var root = FakeRoot.in(directory);

        assertThat(KernelIdentity.read(root.proc(), root.sysfs(), "amd64")).isEqualTo(TestBundles.KERNEL);
        Files.writeString(root.proc().resolve("sys/kernel/arch"), "riscv64\n");
        assertThat(KernelIdentity.read(root.proc(), root.sysfs(), "amd64"))
                .extracting(KernelBuild::machine)
                .isEqualTo("riscv64");
    }

    @Test
    void aKernelWithoutBuildIdIsNotGuessedAt() throws IOException {
        var root = FakeRoot.in(directory);
        Files.write(root.sysfs().resolve("kernel/notes"), new byte[4]);

        assertThatThrownBy(() -> KernelIdentity.read(root.proc(), root.sysfs(), "amd64"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no GNU build-id");
    }
}
