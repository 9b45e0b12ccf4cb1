package io.rebootless.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.agent.kernel.LivepatchKernel.Command;
import io.rebootless.wire.LivepatchState;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bytes read and written; what they mean to a kernel is tested in guests. */
class SysfsKernelTest {
    @TempDir
    private Path sysfs;

    private SysfsKernel kernel;
    private Path module;

    @BeforeEach
    void module() throws IOException {
        kernel = new SysfsKernel(sysfs);
        module = Files.createDirectories(sysfs.resolve("kernel/rebootless"));
        write("level", "0\n");
        write("patch", "\n");
        write("sealed", "1\n");
        write("floor", "3\n");
        write("last_error", "ok\n");
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(module.resolve(file), text);
    }

    private void livepatch(String name, String enabled, String transition) throws IOException {
        Path directory = Files.createDirectories(sysfs.resolve("kernel/livepatch/" + name));
        Files.writeString(directory.resolve("enabled"), enabled + "\n");
        Files.writeString(directory.resolve("transition"), transition + "\n");
    }

    @Test
    void withoutTheModuleNothingIsInForce() throws IOException {
        assertThat(new SysfsKernel(sysfs.resolve("elsewhere")).state()).isEqualTo(LivepatchState.absent());
        assertThat(new SysfsKernel(sysfs.resolve("elsewhere")).livepatches()).isEmpty();
    }

    @Test
    void theStateIsReadFromModuleAndLivepatchCore() throws IOException {
        assertThat(kernel.state()).isEqualTo(new LivepatchState(true, true, 0, 3, null, false, false));

        write("level", "18446744073709551\n");
        write("patch", "fix_1\n");
        livepatch("fix_1", "1", "1");
        assertThat(kernel.state())
                .isEqualTo(new LivepatchState(true, true, 18446744073709551L, 3, "fix_1", true, true));
        assertThat(kernel.livepatches()).containsExactly("fix_1");
    }

    @Test
    void whatIsNoNumberOrNameIsNotGuessedAt() throws IOException {
        write("patch", "../../etc\n");
        assertThatThrownBy(kernel::state).isInstanceOf(IOException.class).hasMessageContaining("patch");
        write("patch", "\n");
        write("level", "many\n");
        assertThatThrownBy(kernel::state).isInstanceOf(IOException.class).hasMessageContaining("level");
    }

    @Test
    void aBundleIsWrittenWholeAndInOrderIntoTheFileThatIsThere() throws Exception {
        byte[] bundle = new byte[3 * SysfsKernel.CHUNK + 17];
        new Random(1).nextBytes(bundle);
        assertThatThrownBy(() -> kernel.stage(new ByteArrayInputStream(bundle)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not loaded");
        assertThat(module.resolve("bundle")).doesNotExist();

        Files.write(module.resolve("bundle"), new byte[bundle.length + 1]);
        kernel.stage(new ByteArrayInputStream(bundle));

        assertThat(Files.readAllBytes(module.resolve("bundle")))
                .as("not truncated: a sysfs file cannot be")
                .hasSize(bundle.length + 1)
                .startsWith(bundle);
    }

    @Test
    void ordersAreSingleWords() throws Exception {
        for (String file : new String[] {"apply", "floor"}) {
            Files.write(module.resolve(file), new byte[0]);
        }
        kernel.apply(Command.UPGRADE);
        kernel.raiseFloor(12);
        assertThat(module.resolve("apply")).hasContent("upgrade");
        assertThat(module.resolve("floor")).hasContent("12");

        Files.write(module.resolve("apply"), new byte[0]);
        kernel.apply(Command.TRUST);
        assertThat(module.resolve("apply")).hasContent("trust");
    }

    @Test
    void trustIsWhatTheModuleShows() throws IOException {
        write("keys", "aa\nbb\n");
        write("threshold", "2\n");
        assertThat(kernel.trust())
                .as("a module without trust bundles")
                .contains(new KernelTrust(true, KernelTrust.Keyring.OWN, List.of("aa", "bb"), 2, 0));

        write("trust_level", "9223372036854775807\n");
        write("keys", "");
        write("threshold", "1\n");
        Path parameters = Files.createDirectories(sysfs.resolve("module/rebootless/parameters"));
        Files.writeString(parameters.resolve("keyring"), "secondary\n");
        assertThat(kernel.trust())
                .contains(new KernelTrust(true, KernelTrust.Keyring.SECONDARY, List.of(), 1, Long.MAX_VALUE));

        Files.writeString(parameters.resolve("keyring"), "builtin\n");
        assertThatThrownBy(kernel::trust).hasMessageContaining("keyring says \"builtin\"");
        assertThat(new SysfsKernel(sysfs.resolve("elsewhere")).trust()).isEmpty();
    }

    @Test
    void aWriteThatFailsIsExplainedByLastError() throws Exception {
        // Every write to it fails, as one to a sysfs file can.
        Files.createSymbolicLink(module.resolve("apply"), Path.of("/dev/full"));
        write("last_error", "ESTALE below-floor: expected level 3 or above, found 2\n");
        assertThatThrownBy(() -> kernel.apply(Command.UPGRADE))
                .isInstanceOfSatisfying(KernelRefusedException.class, e -> {
                    assertThat(e.failure().name()).isEqualTo("below-floor");
                    assertThat(e.failure().message())
                            .isEqualTo("the kernel refused upgrade: expected level 3 or above, found 2 (ESTALE)");
                    assertThat(e.verdict()).isTrue();
                });

        write("last_error", "ok\n");
        assertThatThrownBy(() -> kernel.apply(Command.CLEAR))
                .isInstanceOfSatisfying(KernelRefusedException.class, e -> {
                    assertThat(e.failure().name()).isEqualTo("kernel-error");
                    assertThat(e.failure().message()).contains("No space left on device");
                    assertThat(e.verdict()).isFalse();
                });
        Files.delete(module.resolve("apply"));
    }
}
