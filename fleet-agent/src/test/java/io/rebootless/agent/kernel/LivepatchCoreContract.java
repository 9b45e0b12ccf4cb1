package io.rebootless.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.agent.testing.FakeRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read from and written to the kernel's own livepatch core, by whichever way a livepatch has come there. */
abstract class LivepatchCoreContract {
    @TempDir
    private Path directory;

    /** One that reads this host's files. */
    abstract LivepatchKernel kernel(FakeRoot root) throws IOException;

    /** Has a level of ours be handed over, by a module of that name. */
    abstract void handedOver(FakeRoot root, long level, String patch) throws IOException;

    private FakeRoot root() throws IOException {
        return FakeRoot.in(directory);
    }

    @Test
    void livepatchesAreSeenWhoeverHasBroughtThem() throws IOException {
        var root = root();
        assertThat(kernel(root).livepatches()).isEmpty();
        root.livepatch("kpatch_5", true, false);
        assertThat(kernel(root).livepatches()).containsExactly("kpatch_5");
        assertThat(kernel(root).state().level()).as("not ours").isZero();
    }

    @Test
    void aLevelIsInForceWhenItIsEnabledAndNotInTransition() throws IOException {
        var root = root();
        handedOver(root, 3, "fix_3");
        root.livepatch("fix_3", true, true);
        var kernel = kernel(root);
        assertThat(kernel.state().level()).isEqualTo(3);
        assertThat(kernel.state().patch()).isEqualTo("fix_3");
        assertThat(kernel.state().transition()).isTrue();
        assertThat(kernel.state().inForce()).isFalse();
        root.livepatch("fix_3", true, false);
        assertThat(kernel.state().inForce()).isTrue();
        root.livepatch("fix_3", false, true);
        assertThat(kernel.state().inForce()).isFalse();
    }

    @Test
    void oneWhoseDirectoryHasGoneIsNotInForceThoughItsModuleIsHeld() throws IOException {
        var root = root();
        handedOver(root, 1, "fix_1");

        assertThat(kernel(root).state().level()).isEqualTo(1);
        assertThat(kernel(root).state().enabled()).isFalse();
        assertThat(kernel(root).state().inForce()).isFalse();
    }

    @Test
    void turningOffWritesAZeroAndToleratesThatItIsOff() throws Exception {
        var root = root();
        root.livepatch("fix_1", true, false);
        kernel(root).disable("fix_1");
        assertThat(root.sysfs().resolve("kernel/livepatch/fix_1/enabled")).hasContent("0");
        kernel(root).disable("gone");
        assertThatThrownBy(() -> kernel(root).disable("../x")).isInstanceOf(IllegalArgumentException.class);
        Path enabled = root.sysfs().resolve("kernel/livepatch/fix_1/enabled");
        Files.delete(enabled);
        Files.createSymbolicLink(enabled, Path.of("/dev/full"));
        VerdictContract.refused("kernel-error", () -> kernel(root).disable("fix_1"));
        Files.delete(enabled);
    }
}
