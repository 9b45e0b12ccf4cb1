package io.rebootless.product;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.bundle.Bundle;
import io.rebootless.bundle.BundleReader;
import io.rebootless.guest.HostCommand;
import io.rebootless.guest.Kernels;
import io.rebootless.guest.Repository;
import io.rebootless.guest.Result;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs {@code docs/publishing.md}: every block that begins with {@code sh}, in its order, as somebody would paste it. The
 * kernel that the page names gives way to the earliest 6.1 that the mirror still has.
 */
class PublishingPageTest {
    private static final Duration BLOCK = Duration.ofMinutes(30);
    private static final Pattern SH = Pattern.compile("(?ms)^```sh\n(.*?)^```$");
    private static final String PAGES_KERNEL = "6.1.0-47-";

    @TempDir
    Path here;

    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void a_publisher_with_a_checkout_and_the_command() throws IOException {
        Files.createSymbolicLink(here.resolve("rebootless"), Repository.root());
        environment.put("HOME", here.toString());
        environment.put("PATH", Distribution.cli().getParent() + ":/usr/sbin:/usr/bin:/sbin:/bin");
        environment.put("REBOOTLESS_CACHE", Kernels.cache().toString());
    }

    private static List<String> blocks() throws IOException {
        var blocks = SH.matcher(Files.readString(Repository.root().resolve("docs/publishing.md")))
                .results()
                .map(block -> block.group(1))
                .toList();
        assertThat(blocks).hasSize(7);
        return blocks;
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void a_fix_goes_from_its_source_to_a_published_bundle_by_the_pages_commands() throws IOException {
        String flawed = Kernels.orSkip("oldest-6.1").release();
        assertThat(Kernels.orSkip("oldest-6.1-cloud").release()).isEqualTo(flawed.replace("-amd64", "-cloud-amd64"));
        List<String> blocks = blocks().stream()
                .map(block -> block.replace(PAGES_KERNEL, flawed.replace("amd64", "")))
                .toList();
        assertThat(blocks.get(5)).contains("bundle upload");

        blocks.subList(0, 2).forEach(this::run);
        String build = blocks.get(2);
        assertThat(run(build).err()).contains("[1/2] " + flawed, "[2/2] ");
        assertThat(run(build).out()).as("a second time").contains("unchanged").doesNotContain("made");

        check("loopback-answers", "ip link set lo up && ping -c 1 127.0.0.1");
        String test = blocks.get(3);
        var tested = run(test);
        assertThat(tested.out().lines()).hasSize(2).allMatch(line -> line.contains("  good  "));
        assertThat(tested.err())
                .contains(
                        "flawed without it: cve-2026-53249", "sound with it, and all of check/ passes", "flawed again");
        assertThat(run(test).err()).as("what was seen need not be seen again").doesNotContain("boots");

        assertThat(run(blocks.get(4)).out())
                .contains(
                        "level        1 (downgrade-safe)", "routes_1", "CVE-2026-53249", "replaces     ip_options_get");

        Path data = Files.createDirectories(here.resolve("server"));
        Path trusted = Files.createDirectories(data.resolve("trust.d"));
        for (String publisher : List.of("alice", "bob")) {
            Files.copy(here.resolve(publisher + ".crt.pem"), trusted.resolve(publisher + ".crt"));
        }
        try (var server = PatchServerProcess.start(data)) {
            assertThat(server.trustDirectory()).isEqualTo(trusted);
            environment.put("REBOOTLESS_SERVER", server.url());
            environment.put("REBOOTLESS_CA", server.ca().toString());
            environment.put("REBOOTLESS_API_KEY_FILE", server.adminKey().toString());
            assertThat(run(blocks.get(5)).out())
                    .contains(
                            "published 2026-11-29.1: level 1 for " + flawed,
                            "signed by Alice of the Kernel Team",
                            "Bob of the Kernel Team");
        }
    }

    /** The page's diff is of fixes that the kernel after the page's has. */
    @Test
    @LongRunOnly
    void what_kpatch_build_makes_is_bundled_unchanged_and_seen_to_mend_two_flaws() throws Exception {
        var kernel = Kernels.orSkip(PAGES_KERNEL + "cloud-amd64");
        assertThat(run(blocks().get(6)).err())
                .contains("flawed without it: cve-2026-52928, cve-2026-53249", "sound with it", "flawed again");

        Path made = here.resolve("upstream/prebuilt/%s.ko".formatted(kernel.release()));
        assertThat(run("readelf --sections --wide " + made).out())
                .as("what is not exported is left to the kernel to find")
                .contains(".klp.rela.vmlinux.");
        assertThat(image(here.resolve("upstream/good/level-1/upstream_1-%s.rlb".formatted(kernel.release()))))
                .isEqualTo(Files.readAllBytes(made));
        run("rebootless bundle create --image %s --kernel %s --level 1 -o draft.rlb".formatted(made, kernel.vmlinuz())
                + " --title Upstream --publication 2026-11-29.2 --cve CVE-2026-53249:medium");
        assertThat(image(here.resolve("draft.rlb"))).isEqualTo(Files.readAllBytes(made));
    }

    private static byte[] image(Path file) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        var bundle = (Bundle) BundleReader.readDraft(new ByteArrayInputStream(bytes));
        int from = Math.toIntExact(bundle.imageOffset());
        return Arrays.copyOfRange(bytes, from, from + bundle.header().imageSize());
    }

    private void check(String name, String script) throws IOException {
        Path check = Files.createDirectories(here.resolve("routes/check")).resolve(name);
        Files.writeString(check, "#!/bin/sh\n" + script + "\n");
        assertThat(check.toFile().setExecutable(true)).isTrue();
    }

    private Result run(String block) {
        var command = new ArrayList<>(List.of("env"));
        environment.forEach((name, value) -> command.add(name + "=" + value));
        command.addAll(List.of("bash", "-euo", "pipefail", "-c", "cd \"$HOME\"\n" + block));
        Result result = HostCommand.run(BLOCK, command);
        assertThat(result.exit()).as("%s%n%s", block, result).isZero();
        return result;
    }
}
