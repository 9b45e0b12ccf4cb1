package io.rebootless.product;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.guest.HostCommand;
import io.rebootless.guest.Kernels;
import io.rebootless.guest.Repository;
import io.rebootless.guest.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A publisher makes bundles of a real fix with {@code rebootless patch}, and gets it wrong in every way that people do;
 * how it goes right is shown by {@link PublishingPageTest}.
 * The fix is the first of {@code kernel-module/samples/cve}, for the earliest builds of 6.1 that the mirror has.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PatchCommandTest {
    private static final Duration COMMAND = Duration.ofMinutes(30);
    private static final String FUNCTION = "ip_options_get";

    @TempDir
    Path here;

    private String flawed;
    private String flawedCloud;
    private Path patch;

    @BeforeEach
    void a_laid_out_patch() {
        flawed = Kernels.orSkip("oldest-6.1").release();
        flawedCloud = Kernels.orSkip("oldest-6.1-cloud").release();
        patch = here.resolve("routes");
    }

    /** Runs the command as a publisher, with the kernels that these tests have fetched already. */
    private static Result rebootless(Object... words) {
        var command = new ArrayList<>(List.of(
                "env", "REBOOTLESS_CACHE=" + Kernels.cache(), Distribution.cli().toString()));
        List.of(words).forEach(word -> command.add(word.toString()));
        return HostCommand.run(COMMAND, command);
    }

    private void lay(List<String> kernels, String... more) throws IOException {
        var words = new ArrayList<Object>(List.of(
                "patch",
                "new",
                patch,
                "--title",
                "Refuse source routes",
                "--cve",
                "CVE-2026-53249:medium",
                "--publication",
                "2026-11-29.1",
                "--function",
                FUNCTION));
        kernels.forEach(kernel -> words.addAll(List.of("--kernel", kernel)));
        words.addAll(List.of(more));
        assertThat(rebootless(words.toArray()).exit()).isZero();
        Files.delete(patch.resolve("reproducer/flaw.c"));
        Path samples = Repository.root().resolve("kernel-module/samples/cve");
        Files.copy(samples.resolve("reproducers/cve-2026-53249.c"), patch.resolve("reproducer/cve-2026-53249.c"));
        Files.copy(samples.resolve("cve-2026-53249.h"), patch.resolve("src/cve-2026-53249.h"));
        fix("", "CVE_2026_53249,");
    }

    /** Writes the livepatch: some code of the test's own, the sample's fixed function, and what replaces what. */
    private void fix(String code, String table) throws IOException {
        Files.writeString(patch.resolve("src/fix.c"), """
                #include <linux/kernel.h>
                #include <linux/module.h>
                #include "cve-2026-53249.h"
                %s
                #define FUNCTIONS %s
                #include "livepatch.h"
                """.formatted(code, table));
    }

    private void check(String name, String script) throws IOException {
        Path check = Files.createDirectories(patch.resolve("check")).resolve(name);
        Files.writeString(check, "#!/bin/sh\n" + script);
        assertThat(check.toFile().setExecutable(true)).isTrue();
    }

    private Path bundle(String kernel) {
        return patch.resolve("build/routes_1-%s.rlb".formatted(kernel));
    }

    @Test
    void a_bundle_is_not_called_good_whose_flaw_was_not_seen_or_not_seen_to_go() throws IOException {
        lay(List.of(flawed));
        rebootless("patch", "build", patch);
        Path reproducer = patch.resolve("reproducer/cve-2026-53249.c");

        Files.writeString(reproducer, "int main(void) { return 0; }\n");
        assertThat(notGood()).contains("before, cve-2026-53249: flawed (1) expected, but it says sound (0)");

        Files.writeString(reproducer, "int main(void) { return 1; }\n");
        assertThat(notGood())
                .contains("with the livepatch, cve-2026-53249: sound (0) expected, but it says flawed (1)");

        Files.delete(reproducer);
        assertThat(notGood()).contains("reproducer/*.c: there is none");
    }

    private String notGood() {
        var tested = rebootless("patch", "test", patch);
        assertThat(tested.exit()).as(tested.toString()).isEqualTo(1);
        assertThat(tested.out()).contains(flawed + "  not good").doesNotContain(flawed + "  good");
        assertThat(tested.err()).contains("do not sign");
        return tested.err();
    }

    @Test
    @LongRunOnly
    void a_check_that_fails_a_manifest_that_claims_too_much_and_a_function_that_is_gone_are_named() throws IOException {
        lay(List.of(flawed), "--function", "unix_ioctl");
        rebootless("patch", "build", patch);
        assertThat(notGood()).contains("names ip_options_get, unix_ioctl; the livepatch replaces ip_options_get");

        Path definition = patch.resolve("patch.json");
        Files.writeString(definition, Files.readString(definition).replace("unix_ioctl", "unix_open_file"));
        assertThat(notGood()).contains("unix_open_file: not found in this kernel", "inlined");

        Files.writeString(definition, Files.readString(definition).replace("unix_open_file", "native_sched_clock"));
        assertThat(notGood()).contains("native_sched_clock: not traceable by ftrace");

        Files.writeString(definition, Files.readString(definition).replace(", \"native_sched_clock\"", ""));
        check("uptime", "echo too late >&2; exit 3\n");
        assertThat(notGood()).contains("before, check/uptime ended with 3", "too late");
    }

    @Test
    void what_does_not_build_says_why_and_makes_no_bundle() throws IOException {
        lay(List.of(flawed, "6.1.0-1-amd64"));
        fix("void call(void);\nvoid call(void) { ip_options_fragment(NULL); }", "CVE_2026_53249,");
        var refused = rebootless("patch", "build", patch);
        assertThat(refused.exit()).as(refused.toString()).isEqualTo(1);
        assertThat(refused.err())
                .contains(
                        "ip_options_fragment is not exported",
                        "does not offer kernel 6.1.0-1-amd64",
                        "it offers",
                        flawed)
                .contains("2 of 2 kernel builds have no bundle");

        fix("#error not yet", "CVE_2026_53249,");
        assertThat(rebootless("patch", "build", patch, "--kernel", flawed).err())
                .contains("fix.c:4:2: error: #error not yet");
        assertThat(bundle(flawed)).doesNotExist();
    }

    @Test
    void a_livepatch_made_elsewhere_is_taken_as_it_is_if_it_is_for_that_kernel_build() throws IOException {
        lay(List.of(flawed, flawedCloud));
        rebootless("patch", "build", patch, "--kernel", flawed);
        Path made = patch.resolve("build/%s/routes_1.ko".formatted(flawed));
        Path prebuilt = Files.createDirectories(patch.resolve("prebuilt"));
        Files.copy(made, prebuilt.resolve(flawed + ".ko"));
        Files.copy(made, prebuilt.resolve(flawedCloud + ".ko"));
        fix("#error never compiled", "");
        var built = rebootless("patch", "build", patch);
        assertThat(built.out()).contains(flawed + "  unchanged");
        assertThat(built.err()).contains("image-vermagic", flawedCloud);
    }

    @Test
    @LongRunOnly
    void what_is_good_is_signed_goes_on_to_the_next_level_and_is_good_only_as_it_was_seen() throws IOException {
        lay(List.of(flawed));
        rebootless("patch", "build", patch);
        Path good = patch.resolve("good/level-1/routes_1-%s.rlb".formatted(flawed));
        assertThat(good).doesNotExist();
        assertThat(rebootless("patch", "test", patch).out()).contains(flawed + "  good");
        assertThat(good).exists();

        check("load", "exit 1\n");
        assertThat(notGood()).as("seen with other checks").contains("check/load ended with 1");
        assertThat(good).doesNotExist();
        Files.delete(patch.resolve("check/load"));
        rebootless("patch", "test", patch);
        Publisher.create(here, "alice").sign(good);
        var signed = rebootless("patch", "test", patch);
        assertThat(signed.out()).contains(flawed + "  good");
        assertThat(signed.err()).contains("seen to work before", "Next: rebootless bundle upload");
        assertThat(rebootless("bundle", "inspect", good).out()).contains("signatures   1");

        fix("/* changed */ static const int used __used = 1;", "CVE_2026_53249,");
        var refused = rebootless("patch", "build", patch);
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.err()).contains("is signed", "raise the level");

        Path definition = patch.resolve("patch.json");
        Files.writeString(definition, Files.readString(definition).replace("\"level\" : 1", "\"level\" : 2"));
        rebootless("patch", "build", patch);
        var next = rebootless("patch", "test", patch);
        assertThat(next.exit()).as(next.toString()).isZero();
        assertThat(next.err()).contains("the level before is in force: routes_1", "in force: level 2");
        assertThat(good).exists();

        Path livepatch = patch.resolve("src/livepatch.h");
        Files.writeString(livepatch, Files.readString(livepatch).replace(".replace = true", ".replace = false"));
        assertThat(notGood()).contains("set .replace = true");
    }
}
