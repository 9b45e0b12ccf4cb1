package io.rebootless.product;

import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.rebootless.bundle.ManifestCodec;
import io.rebootless.guest.DebianKernel;
import io.rebootless.testing.TestBundles;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/**
 * Two flaws that Debian has fixed in later builds of 6.1, on the earliest build that the mirror still has: each is there
 * before its level, gone with it, and there again without it. No reboot in between.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CveFixTest {
    private static final String SOURCE_ROUTE = "cve-2026-53249";
    private static final String OUT_OF_BAND_MARK = "cve-2026-52928";

    @Test
    void levels_with_real_fixes_mend_a_flawed_kernel_while_it_runs() throws IOException {
        try (var host = SealedGuest.boot(DebianKernel.get("oldest-6.1"))) {
            String boot = host.guest().sh("cat /proc/sys/kernel/random/boot_id");
            assumeThat(find(host, SOURCE_ROUTE))
                    .as("the oldest 6.1 that the mirror has, which is to be older than the fix")
                    .isEqualTo(Finding.FLAWED);
            assertThat(find(host, OUT_OF_BAND_MARK)).isEqualTo(Finding.FLAWED);

            takes(host, 1, "CVE-2026-53249");
            assertThat(find(host, SOURCE_ROUTE)).isEqualTo(Finding.SOUND);
            assertThat(find(host, OUT_OF_BAND_MARK)).isEqualTo(Finding.FLAWED);

            takes(host, 2, "CVE-2026-53249", "CVE-2026-52928");
            assertThat(find(host, SOURCE_ROUTE)).isEqualTo(Finding.SOUND);
            assertThat(find(host, OUT_OF_BAND_MARK)).isEqualTo(Finding.SOUND);

            host.kernel().revert();
            assertThat(find(host, SOURCE_ROUTE)).isEqualTo(Finding.FLAWED);
            assertThat(find(host, OUT_OF_BAND_MARK)).isEqualTo(Finding.FLAWED);
            assertThat(host.guest().sh("cat /proc/sys/kernel/random/boot_id")).isEqualTo(boot);
        }
    }

    @Test
    void the_reproducers_find_nothing_where_Debian_has_fixed_the_flaws() {
        try (var host = SealedGuest.boot(DebianKernel.get("newest-6.1"))) {
            assertThat(find(host, SOURCE_ROUTE)).isEqualTo(Finding.SOUND);
            assertThat(find(host, OUT_OF_BAND_MARK)).isEqualTo(Finding.SOUND);
        }
    }

    private static Finding find(SealedGuest host, String cve) {
        return Finding.of(host.module(), host.guest(), cve);
    }

    private static void takes(SealedGuest host, int level, String... cves) throws IOException {
        byte[] bundle = TestBundles.signed(
                host.kernel().build(),
                "rebootless_cve_" + level,
                level,
                0,
                ManifestCodec.encode(TestBundles.manifest(level, cves)),
                Files.readAllBytes(host.module().cveFix(level)),
                alice());
        assertThat(host.kernel().upgrade(bundle)).isEqualTo("ok");
        host.kernel().awaitTransition();
    }
}
