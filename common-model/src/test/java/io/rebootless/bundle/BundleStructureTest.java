package io.rebootless.bundle;

import static io.rebootless.testing.TestPublishers.alice;
import static io.rebootless.testing.TestPublishers.bob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.rebootless.testing.TestBundles;
import io.rebootless.testing.TestImages;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The structure of a bundle file, as {@code docs/bundle-format.md} states it. */
class BundleStructureTest {
    private static final byte[] GOOD = TestBundles.signed(7, alice());

    @Test
    void what_was_written_is_read_again() throws Exception {
        byte[] manifest = ManifestCodec.encode(TestBundles.manifest(7, "CVE-2026-0001"));
        byte[] image = TestImages.livepatch("fix_7", TestBundles.KERNEL.release());

        var bundle = TestBundles.read(GOOD);

        assertThat(bundle.header())
                .isEqualTo(new BundleHeader(true, 7, 0, manifest.length, image.length, TestBundles.KERNEL, "fix_7"));
        assertThat(bundle.manifest()).isEqualTo(TestBundles.manifest(7, "CVE-2026-0001"));
        assertThat(bundle.manifestJson().getBytes(StandardCharsets.UTF_8)).isEqualTo(manifest);
        assertThat(bundle.fileSize()).isEqualTo(GOOD.length);
        assertThat(bundle.fileDigest()).isEqualTo(Sha256.of(GOOD));
        int signed = 512 + manifest.length + image.length;
        assertThat(bundle.header().signedBytes()).isEqualTo(signed);
        assertThat(bundle.identity()).isEqualTo(Sha256.of(Arrays.copyOf(GOOD, signed)));
        assertThat(Arrays.copyOfRange(GOOD, (int) bundle.imageOffset(), signed)).isEqualTo(image);
    }

    @Test
    void a_second_signature_changes_the_file_but_not_the_identity() throws Exception {
        var one = TestBundles.read(GOOD);
        var two = TestBundles.read(TestBundles.signed(7, alice(), bob()));
        assertThat(two.identity()).isEqualTo(one.identity());
        assertThat(two.fileDigest()).isNotEqualTo(one.fileDigest());
    }

    @Test
    void a_file_cut_at_any_length_is_truncated() {
        for (int length = 0; length < GOOD.length; length++) {
            assertThat(refusal(Arrays.copyOf(GOOD, length)))
                    .as("cut at %d", length)
                    .isInstanceOf(Refusal.Truncated.class);
        }
    }

    @Test
    void truncation_names_the_section_and_what_is_missing() {
        assertThat(refusal(Arrays.copyOf(GOOD, 100)))
                .isEqualTo(new Refusal.Truncated(Refusal.Section.HEADER, 512, 100));
        assertThat(refusal(Arrays.copyOf(GOOD, 512)))
                .asInstanceOf(type(Refusal.Truncated.class))
                .extracting(Refusal.Truncated::section)
                .isEqualTo(Refusal.Section.MANIFEST);
    }

    @Test
    void a_byte_behind_the_last_signature_is_trailing() {
        assertThat(refusal(Arrays.copyOf(GOOD, GOOD.length + 1))).isEqualTo(new Refusal.TrailingBytes(GOOD.length));
    }

    /** Each row: what is changed in the header, and the one refusal that names it. */
    static Stream<Arguments> badHeaders() {
        return Stream.of(
                row("bad-magic", h -> h.put(0, (byte) 0x88)),
                row("unsupported-format", h -> h.putShort(8, (short) 2)),
                row("unsupported-kind", h -> h.putShort(10, (short) 3)),
                row("unsupported-kind", h -> h.putShort(10, (short) 0)),
                row("unknown-flags", h -> h.putInt(12, 2)),
                row("bad-level", h -> h.putLong(16, 0)),
                row("bad-level", h -> h.putLong(16, -1)),
                row("floor-above-level", h -> h.putLong(24, 8)),
                row("floor-above-level", h -> h.putLong(24, -1)),
                row("manifest-size", h -> h.putInt(32, 0)),
                row("manifest-size", h -> h.putInt(32, 256 * 1024 + 1)),
                row("manifest-size", h -> h.putInt(32, -1)),
                row("image-size", h -> h.putInt(36, 0)),
                row("image-size", h -> h.putInt(36, 16 * 1024 * 1024 + 1)),
                row("build-id-size", h -> h.putInt(40, 7)),
                row("build-id-size", h -> h.putInt(40, 21)),
                row("build-id-padding", h -> h.putInt(40, 16)),
                row("bad-text", h -> h.put(64, (byte) 0)),
                row("bad-text", h -> h.put(64, (byte) ' ')),
                row("bad-text", h -> h.put(65, (byte) '/')),
                row("bad-text", h -> h.put(128, (byte) 'x')),
                row("bad-text", h -> fill(h, 64, 65)),
                row("bad-text", h -> h.put(130, (byte) 0x7f)),
                row("bad-text", h -> h.put(194, (byte) 0xe9)),
                row("bad-text", h -> h.put(211, (byte) '-')),
                row("nonzero-tail", h -> h.put(266, (byte) 1)),
                row("nonzero-tail", h -> h.put(511, (byte) 1)));
    }

    @ParameterizedTest
    @MethodSource("badHeaders")
    void a_header_that_breaks_a_rule_is_refused_by_that_rules_name(String name, Consumer<ByteBuffer> change) {
        byte[] file = GOOD.clone();
        change.accept(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN));
        assertThat(refusal(file).name()).isEqualTo(name);
    }

    @Test
    void signature_counts_and_sizes_outside_their_limits_are_refused() {
        int at = signatureSection();
        assertThat(refusal(with(at, 0)).name()).isEqualTo("signature-count");
        assertThat(refusal(with(at, 17)).name()).isEqualTo("signature-count");
        assertThat(refusal(with(at, -1)).name()).isEqualTo("signature-count");
        assertThat(refusal(with(at + 4, 0)).name()).isEqualTo("signature-size");
        assertThat(refusal(with(at + 4, 4097)).name()).isEqualTo("signature-size");
    }

    @Test
    void a_draft_is_read_only_where_drafts_are_asked_for() throws Exception {
        byte[] draft = Arrays.copyOf(with(signatureSection(), 0), signatureSection() + 4);
        assertThat(BundleReader.readDraft(new ByteArrayInputStream(draft)).signatures())
                .isEmpty();
        assertThat(refusal(draft).name()).isEqualTo("signature-count");
    }

    @Test
    void every_refusal_says_what_was_expected_what_was_found_and_what_to_do() {
        assertThatThrownBy(() -> TestBundles.read(with(32, 0)))
                .hasMessage("manifest-size: expected 1 to 262144 bytes of manifest, found 0."
                        + " The file is damaged or was changed: fetch it again, or create and sign it again.");
    }

    private static int signatureSection() {
        var header = ByteBuffer.wrap(GOOD).order(ByteOrder.LITTLE_ENDIAN);
        return 512 + header.getInt(32) + header.getInt(36);
    }

    private static byte[] with(int offset, int value) {
        byte[] file = GOOD.clone();
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(offset, value);
        return file;
    }

    private static void fill(ByteBuffer header, int from, int count) {
        for (int i = from; i < from + count; i++) {
            header.put(i, (byte) 'a');
        }
    }

    private static Arguments row(String name, Consumer<ByteBuffer> change) {
        return Arguments.of(name, change);
    }

    private static Refusal refusal(byte[] file) {
        try {
            TestBundles.read(file);
        } catch (RefusedException e) {
            return e.refusal();
        }
        throw new AssertionError("the file was accepted");
    }
}
