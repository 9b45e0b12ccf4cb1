package io.rebootless.bundle;

import static io.rebootless.testing.TestPublishers.alice;
import static io.rebootless.testing.TestPublishers.bob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.testing.TestBundles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The structure of a trust bundle, as {@code docs/bundle-format.md} states it. */
class TrustBundleStructureTest {
    private static final byte[] ALICE = alice().certificate().der();
    private static final byte[] BOB = bob().certificate().der();
    private static final byte[] GOOD =
            TestBundles.trust(7, 2, List.of(alice().certificate(), bob().certificate()), alice());

    @Test
    void what_was_written_is_read_again() throws Exception {
        byte[] manifest = ManifestCodec.encode(TestBundles.trustManifest(7));
        byte[] image = TestBundles.trustSet(2, 2, ALICE, BOB);

        var bundle = TestBundles.readTrust(GOOD);

        assertThat(bundle.header()).isEqualTo(new TrustHeader(7, manifest.length, image.length));
        assertThat(bundle.trustSet())
                .isEqualTo(new TrustSet(2, List.of(new EncodedCertificate(ALICE), new EncodedCertificate(BOB))));
        assertThat(bundle.manifest()).isEqualTo(TestBundles.trustManifest(7));
        assertThat(bundle.manifestJson().getBytes(StandardCharsets.UTF_8)).isEqualTo(manifest);
        assertThat(bundle.fileSize()).isEqualTo(GOOD.length);
        assertThat(bundle.fileDigest()).isEqualTo(Sha256.of(GOOD));
        int signed = 512 + manifest.length + image.length;
        assertThat(bundle.header().signedBytes()).isEqualTo(signed);
        assertThat(bundle.identity()).isEqualTo(Sha256.of(Arrays.copyOf(GOOD, signed)));
        assertThat(Arrays.copyOfRange(GOOD, 512 + manifest.length, signed)).isEqualTo(image);
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
    void a_byte_behind_the_last_signature_is_trailing() {
        assertThat(refusal(Arrays.copyOf(GOOD, GOOD.length + 1))).isEqualTo(new Refusal.TrailingBytes(GOOD.length));
    }

    /** Each row: what is changed in the header, and the one refusal that names it. */
    static Stream<Arguments> badHeaders() {
        return Stream.of(
                row("bad-magic", h -> h.put(0, (byte) 0x88)),
                row("unsupported-format", h -> h.putShort(8, (short) 2)),
                row("unsupported-kind", h -> h.putShort(10, (short) 3)),
                row("unknown-flags", h -> h.putInt(12, 1)),
                row("unknown-flags", h -> h.putInt(12, -1)),
                row("bad-level", h -> h.putLong(16, 0)),
                row("bad-level", h -> h.putLong(16, -1)),
                row("nonzero-floor", h -> h.putLong(24, 1)),
                row("nonzero-floor", h -> h.putLong(24, 8)),
                row("nonzero-floor", h -> h.putLong(24, -1)),
                row("manifest-size", h -> h.putInt(32, 0)),
                row("manifest-size", h -> h.putInt(32, 256 * 1024 + 1)),
                row("image-size", h -> h.putInt(36, 0)),
                row("image-size", h -> h.putInt(36, 65_609)),
                row("image-size", h -> h.putInt(36, -1)),
                row("build-id-size", h -> h.putInt(40, 20)),
                row("build-id-padding", h -> h.put(44, (byte) 1)),
                row("build-id-padding", h -> h.put(63, (byte) 1)),
                row("bad-text", h -> h.put(64, (byte) 'a')),
                row("bad-text", h -> h.put(128, (byte) 1)),
                row("bad-text", h -> h.put(129, (byte) 'a')),
                row("bad-text", h -> h.put(194, (byte) 'a')),
                row("bad-text", h -> h.put(210, (byte) 'a')),
                row("bad-text", h -> h.put(265, (byte) 'a')),
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

    static Stream<Arguments> badSets() {
        byte[] whole = TestBundles.trustSet(1, 2, ALICE, BOB);
        byte[] aliceBehind = ByteBuffer.allocate(8 + 4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(1)
                .putInt(1)
                .putInt(4)
                .array();
        return Stream.of(
                Arguments.of("one byte", new byte[] {1}),
                Arguments.of("no count", Arrays.copyOf(whole, 7)),
                Arguments.of("no certificate", TestBundles.trustSet(1, 0)),
                Arguments.of("threshold 0", TestBundles.trustSet(0, 1, ALICE)),
                Arguments.of("threshold above the count", TestBundles.trustSet(2, 1, ALICE)),
                Arguments.of("threshold below zero", TestBundles.trustSet(-1, 1, ALICE)),
                Arguments.of("count 17", TestBundles.trustSet(1, 17, new byte[17][1])),
                Arguments.of("count below zero", TestBundles.trustSet(1, -1, ALICE)),
                Arguments.of("fewer than counted", TestBundles.trustSet(1, 3, ALICE, BOB)),
                Arguments.of("more than counted", TestBundles.trustSet(1, 1, ALICE, BOB)),
                Arguments.of("an empty certificate", TestBundles.trustSet(1, 1, new byte[0])),
                Arguments.of("a certificate of 4097 bytes", TestBundles.trustSet(1, 1, new byte[4097])),
                Arguments.of("a certificate that is not all there", Arrays.copyOf(whole, whole.length - 1)),
                Arguments.of("a length and nothing behind it", aliceBehind),
                Arguments.of("a byte behind the last", Arrays.copyOf(whole, whole.length + 1)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badSets")
    void a_trust_set_that_breaks_a_rule_is_refused(String what, byte[] set) {
        assertThat(refusal(TestBundles.trust(1, set, alice())).name()).as(what).isEqualTo("bad-trust-set");
    }

    @Test
    void the_trust_set_comes_before_the_signature_section() {
        byte[] bad = TestBundles.trust(1, TestBundles.trustSet(1, 0));
        assertThat(refusal(bad)).as("no signature either").isInstanceOf(Refusal.BadTrustSet.class);
    }

    @Test
    void the_largest_set_is_read() throws Exception {
        byte[] set = TestBundles.trustSet(16, 16, certificates(16));
        assertThat(set).hasSize(65_608);
        assertThat(TestBundles.readTrust(TestBundles.trust(1, set, alice()))
                        .trustSet()
                        .certificates())
                .hasSize(16);
    }

    @Test
    void a_reader_of_livepatches_refuses_it_and_says_whose_business_it_is() {
        assertThatThrownBy(() -> TestBundles.read(GOOD))
                .hasMessage("wrong-kind: expected a kernel livepatch (kind 1), found a trust bundle (kind 2). Trust"
                        + " bundles are brought to hosts by their operator, never by the patch server:"
                        + " rebootless-agent trust update.");
        assertThatThrownBy(() -> TestBundles.readTrust(TestBundles.signed(1, alice())))
                .hasMessageStartingWith("wrong-kind: expected a trust bundle (kind 2), found a kernel livepatch");
        assertThat(refusalOfLivepatchReader(Arrays.copyOf(GOOD, GOOD.length - 1)))
                .as("structure comes before the kind")
                .isEqualTo("truncated");
    }

    @Test
    void no_set_can_be_made_that_could_not_be_read() {
        var certificate = new EncodedCertificate(ALICE);
        assertThatThrownBy(() -> new TrustSet(0, List.of(certificate))).hasMessageContaining("threshold");
        assertThatThrownBy(() -> new TrustSet(2, List.of(certificate))).hasMessageContaining("threshold");
        assertThatThrownBy(() -> new TrustSet(1, List.of())).hasMessageContaining("1 to 16 certificates");
        assertThatThrownBy(() -> new EncodedCertificate(new byte[4097])).hasMessageContaining("1 to 4096 bytes");
        assertThatThrownBy(() -> new TrustHeader(0, 1, 1)).hasMessageContaining("level");
        assertThatThrownBy(() -> new TrustHeader(1, 1, 65_609)).hasMessageContaining("65608");
    }

    @Property(tries = 200)
    void every_set_has_one_encoding(
            @ForAll @Size(min = 1, max = 16) List<@Size(min = 1, max = 64) byte[]> certificates,
            @ForAll @IntRange(min = 1, max = 16) int threshold)
            throws Exception {
        var set = new TrustSet(
                Math.min(threshold, certificates.size()),
                certificates.stream().map(EncodedCertificate::new).toList());
        assertThat(TrustSetCodec.decode(TrustSetCodec.encode(set))).isEqualTo(set);
    }

    @Property(tries = 2000)
    void bytes_are_a_set_or_refused_and_a_set_is_written_as_it_was_read(
            @ForAll @IntRange(max = 3) int threshold,
            @ForAll @IntRange(max = 3) int count,
            @ForAll @Size(max = 40) byte[] rest) {
        byte[] image = ByteBuffer.allocate(8 + rest.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(threshold)
                .putInt(count)
                .put(rest)
                .array();
        try {
            assertThat(TrustSetCodec.encode(TrustSetCodec.decode(image))).isEqualTo(image);
        } catch (RefusedException e) {
            assertThat(e.refusal()).isInstanceOf(Refusal.BadTrustSet.class);
        }
    }

    private static byte[][] certificates(int count) {
        byte[][] all = new byte[count][4096];
        for (int i = 0; i < count; i++) {
            all[i][0] = (byte) i;
        }
        return all;
    }

    private static Arguments row(String name, Consumer<ByteBuffer> change) {
        return Arguments.of(name, change);
    }

    private static String refusalOfLivepatchReader(byte[] file) {
        try {
            TestBundles.read(file);
        } catch (RefusedException e) {
            return e.refusal().name();
        }
        throw new AssertionError("the file was accepted");
    }

    private static Refusal refusal(byte[] file) {
        try {
            BundleReader.readAny(new ByteArrayInputStream(file));
        } catch (RefusedException e) {
            return e.refusal();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new AssertionError("the file was accepted");
    }
}
