package io.rebootless.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class KernelIdentityTest {
    /** As a Debian 12 kernel shows it: a Xen note before, then the build-id. */
    private static final String NOTES = "04000000" + "06000000" + "06000000" + "58656e00" + "322e36000000" + "0000"
            + "04000000" + "14000000" + "03000000" + "474e5500"
            + "00112233445566778899aabbccddeeff00112233";

    @Test
    void the_build_id_is_found_among_other_notes() {
        assertThat(KernelNotes.buildId(HexFormat.of().parseHex(NOTES)))
                .contains(new BuildId("00112233445566778899aabbccddeeff00112233"));
    }

    @Test
    void notes_without_a_build_id_have_none() {
        assertThat(KernelNotes.buildId(new byte[0])).isEmpty();
        assertThat(KernelNotes.buildId(HexFormat.of().parseHex(NOTES.substring(0, 40))))
                .isEmpty();
    }

    @Property
    void any_bytes_have_a_build_id_or_none(@ForAll byte[] notes) {
        assertThat(KernelNotes.buildId(notes)).isNotNull();
    }

    @Test
    void a_kernel_build_that_no_kernel_could_report_is_not_made() {
        var id = new BuildId("0011223344556677");
        assertThatThrownBy(() -> new KernelBuild("6.1 0", "#1", "x86_64", id)).hasMessageContaining("kernel release");
        assertThatThrownBy(() -> new KernelBuild("6.1", "x".repeat(65), "x86_64", id))
                .hasMessageContaining("kernel version");
        assertThatThrownBy(() -> new BuildId("001122")).hasMessageContaining("8 to 20 bytes");
    }
}
