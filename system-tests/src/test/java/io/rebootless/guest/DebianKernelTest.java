package io.rebootless.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DebianKernelTest {
    @Test
    void names_a_build_that_the_mirror_has_dropped() {
        assertThatExceptionOfType(KernelNotOffered.class)
                .isThrownBy(() -> DebianKernel.get("6.1.0-1-amd64"))
                .withMessageContaining("6.1.0-1-amd64");
    }

    @Test
    void is_one_folder_whether_named_by_age_or_by_release() {
        DebianKernel newest = Kernels.orSkip("newest-6.1");

        assertThat(DebianKernel.get(newest.release())).isEqualTo(newest);
        assertThat(newest.release()).matches("6\\.1\\.0-\\d+-amd64");
    }

    @Test
    void has_headers_that_modules_build_against_where_they_lie(@TempDir Path folder) throws IOException {
        DebianKernel kernel = Kernels.orSkip("newest-6.1");
        Files.writeString(folder.resolve("Makefile"), "obj-m := nothing.o\n");
        Files.writeString(folder.resolve("nothing.c"), "#include <linux/module.h>\nMODULE_LICENSE(\"GPL\");\n");

        HostCommand.output(
                Duration.ofMinutes(5),
                List.of("make", "-s", "-C", kernel.headers().toString(), "M=" + folder, "modules"));

        byte[] vermagic = HostCommand.output(
                Duration.ofMinutes(1),
                List.of(
                        "/sbin/modinfo",
                        "-F",
                        "vermagic",
                        folder.resolve("nothing.ko").toString()));
        assertThat(new String(vermagic)).startsWith(kernel.release() + " ");
    }

    @Test
    void the_module_does_not_pass_with_a_warning_from_compiler_or_sparse(@TempDir Path copy) throws IOException {
        DebianKernel kernel = Kernels.orSkip("newest-6.1");
        Path root = Repository.root();
        HostCommand.output(
                Duration.ofMinutes(1),
                List.of(
                        "cp",
                        "-r",
                        root.resolve("scripts").toString(),
                        root.resolve("kernel-module").toString(),
                        copy.toString()));
        Files.writeString(copy.resolve("kernel-module/der.c"), """

                static int unused_here;
                int *rl_for_sparse(int __user *from);
                int *rl_for_sparse(int __user *from) { return from; }
                """, StandardOpenOption.APPEND);

        Result build = HostCommand.run(
                Duration.ofMinutes(10),
                List.of(
                        "env",
                        "REBOOTLESS_CACHE="
                                + kernel.modulesDir().resolve("../../../../..").normalize(),
                        copy.resolve("scripts/debian-kernel").toString(),
                        "build",
                        kernel.release()));

        assertThat(build.exit()).isEqualTo(1);
        assertThat(build.err())
                .contains(
                        "unused_here",
                        "different address spaces",
                        "builds for " + kernel.release() + " with the warnings");
    }
}
