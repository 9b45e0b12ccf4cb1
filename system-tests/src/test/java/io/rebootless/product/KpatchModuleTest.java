package io.rebootless.product;

import static io.rebootless.product.CommandLine.rebootless;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.bundle.Bundle;
import io.rebootless.bundle.BundleReader;
import io.rebootless.guest.HostCommand;
import io.rebootless.guest.Kernels;
import io.rebootless.guest.Repository;
import io.rebootless.guest.Result;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A livepatch that kpatch-build has made from the diffs of real fixes goes through bundles as it is. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class KpatchModuleTest {
    /** Downloads half a gigabyte, unpacks a kernel and compiles some of it twice, on a machine that may be busy. */
    private static final Duration MAKING = Duration.ofMinutes(60);

    private static final Path SAMPLES = Repository.root().resolve("kernel-module/samples/cve");

    @TempDir
    Path here;

    @Test
    @LongRunOnly
    void what_kpatch_build_makes_is_bundled_unchanged_and_seen_to_mend_two_flaws() throws Exception {
        // The last build of Debian's without these fixes.
        var kernel = Kernels.orSkip("6.1.0-47-cloud-amd64");
        String release = kernel.release();
        Path made = make(release);
        assertThat(HostCommand.run(Duration.ofMinutes(1), List.of("readelf", "-SW", made.toString()))
                        .out())
                .as("what is not exported is left to the kernel to find")
                .contains(".klp.rela.vmlinux.");

        Path patch = here.resolve("upstream");
        done("patch new %s --title Upstream --publication 2026-11-29.2 --kernel %s".formatted(patch, release)
                + " --cve CVE-2026-53249:medium --cve CVE-2026-52928:medium"
                + " --function ip_options_get --function unix_ioctl --function __unix_gc");
        Files.delete(patch.resolve("reproducer/flaw.c"));
        for (String cve : List.of("cve-2026-53249", "cve-2026-52928")) {
            Files.copy(SAMPLES.resolve("reproducers/" + cve + ".c"), patch.resolve("reproducer/" + cve + ".c"));
        }
        Files.copy(made, Files.createDirectories(patch.resolve("prebuilt")).resolve(release + ".ko"));
        done("patch build " + patch);
        assertThat(done("patch test " + patch).err())
                .contains("flawed without it: cve-2026-52928, cve-2026-53249", "sound with it", "flawed again");
        assertThat(image(patch.resolve("good/level-1/upstream_1-%s.rlb".formatted(release))))
                .isEqualTo(Files.readAllBytes(made));

        Path draft = here.resolve("draft.rlb");
        done("bundle create --image %s --kernel %s --level 1 -o %s".formatted(made, kernel.vmlinuz(), draft)
                + " --title Upstream --publication 2026-11-29.2 --cve CVE-2026-53249:medium");
        assertThat(image(draft)).isEqualTo(Files.readAllBytes(made));
    }

    private static Result done(String words) {
        Result result = rebootless((Object[]) words.split(" "));
        assertThat(result.exit()).as(result.toString()).isZero();
        return result;
    }

    private static byte[] image(Path file) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        var bundle = (Bundle) BundleReader.readDraft(new ByteArrayInputStream(bytes));
        int from = Math.toIntExact(bundle.imageOffset());
        return Arrays.copyOfRange(bytes, from, from + bundle.header().imageSize());
    }

    private static Path make(String release) {
        var made = HostCommand.run(
                MAKING,
                List.of(
                        "env",
                        "REBOOTLESS_CACHE=" + CommandLine.cache(),
                        Repository.root().resolve("scripts/kpatch-module").toString(),
                        release,
                        "upstream_1",
                        SAMPLES.resolve("fixes.patch").toString()));
        assertThat(made.exit()).as(made.toString()).isZero();
        return Path.of(made.out().strip());
    }
}
