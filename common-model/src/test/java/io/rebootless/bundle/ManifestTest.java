package io.rebootless.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rebootless.testing.TestBundles;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestTest {
    private static final String GOOD = """
            {"publication":"2026-11-22.1","title":"One fix","created":"2026-11-22T10:00:00Z",
             "cves":[{"id":"CVE-2026-0001","severity":"high"}]}""";

    @Test
    void the_smallest_manifest_needs_a_publication_a_title_a_date_and_a_list_of_cves() throws Exception {
        var manifest = ManifestCodec.decode(GOOD.getBytes(StandardCharsets.UTF_8));
        assertThat(manifest.publication()).isEqualTo("2026-11-22.1");
        assertThat(manifest.cves()).containsExactly(new Cve("CVE-2026-0001", Cve.Severity.HIGH));
        assertThat(manifest.notes()).isEmpty();
    }

    @Test
    void unknown_fields_are_ignored_but_stay_in_the_bundles_text() throws Exception {
        byte[] json = GOOD.replace("{\"publication\"", "{\"later\":[1,{\"a\":null}],\"publication\"")
                .getBytes(StandardCharsets.UTF_8);
        byte[] file = TestBundles.signed(
                TestBundles.KERNEL,
                "fix_1",
                1,
                0,
                json,
                io.rebootless.testing.TestImages.livepatch("fix_1", "6.1"),
                io.rebootless.testing.TestPublishers.alice());
        assertThat(TestBundles.read(file).manifestJson()).contains("\"later\":[1,{\"a\":null}]");
    }

    /** What is replaced in the good manifest, by what, and the field that the refusal names. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"2026-11-22.1\" | \"a b\" | publication",
                "\"2026-11-22.1\" | \"\" | publication",
                "\"2026-11-22.1\" | 7 | publication",
                "\"publication\" | \"publicatio\" | publication",
                "\"One fix\" | \"\" | title",
                "\"One fix\" | \"bell \\u0007\" | title",
                "\"One fix\" | \"nul \\u0000\" | title",
                "\"One fix\" | \"half \\ud800\" | title",
                "2026-11-22T10:00:00Z | 2026-11-22 | created",
                "2026-11-22T10:00:00Z | 2026-13-22T10:00:00Z | created",
                "2026-11-22T10:00:00Z | 2026-11-22T10:00:00+01:00 | created",
                "CVE-2026-0001 | CVE-26-1 | cves.id",
                "\"high\" | \"awful\" | cves.severity",
                "\"high\"} | \"high\"},{\"id\":\"CVE-2026-0001\",\"severity\":\"low\"} | cves.id",
                "\"cves\":[ | \"cves\":{\"x\":[ | manifest",
                "\"title\" | \"publication\" | manifest",
                "high\"}]} | high\"}]} {} | manifest",
                "\"One fix\" | \"One fix\",\"notes\":null | notes",
                "\"One fix\" | \"One fix\",\"functions\":[1] | functions",
                "\"One fix\" | \"One fix\",\"droppedCves\":[{\"id\":\"CVE-2025-0001\"}] | droppedCves.reason"
            })
    void a_manifest_that_breaks_a_rule_is_refused_by_the_fields_name(String what, String by, String field) {
        assertThat(refused(GOOD.replace(what, by).getBytes(StandardCharsets.UTF_8))
                        .field())
                .isEqualTo(field);
    }

    @Test
    void what_is_not_utf8_json_is_refused() {
        assertThat(refused(new byte[] {(byte) 0xff, '{', '}'}).expected()).isEqualTo("manifest: UTF-8");
        assertThat(refused(("\ufeff" + GOOD).getBytes(StandardCharsets.UTF_8)).expected())
                .isEqualTo("manifest: no byte-order mark");
        assertThat(refused(GOOD.getBytes(StandardCharsets.UTF_16LE)).field()).isEqualTo("manifest");
        assertThat(refused("[]".getBytes(StandardCharsets.UTF_8)).field()).isEqualTo("manifest");
        String deep = "[".repeat(200_000) + "]".repeat(50_000);
        assertThat(refused(deep.getBytes(StandardCharsets.UTF_8)).field()).isEqualTo("manifest");
    }

    @Property(tries = 200)
    void any_manifest_survives_being_written_and_read(@ForAll("manifests") Manifest manifest) throws Exception {
        assertThat(ManifestCodec.decode(ManifestCodec.encode(manifest))).isEqualTo(manifest);
    }

    @Property(tries = 500)
    void any_bytes_are_either_a_manifest_or_refused_as_one(@ForAll byte[] bytes) {
        try {
            ManifestCodec.decode(bytes);
        } catch (RefusedException e) {
            assertThat(e.refusal()).isInstanceOf(Refusal.BadManifest.class);
        }
    }

    @Provide
    Arbitrary<Manifest> manifests() {
        var text = Arbitraries.strings()
                .excludeChars('\0')
                .ascii()
                .map(s -> s.replaceAll("\\p{Cntrl}", "é€😀"))
                .filter(s -> !s.isEmpty() && s.codePointCount(0, s.length()) <= 128);
        var cves = Combinators.combine(
                        Arbitraries.integers().between(1000, 99_999_999), Arbitraries.of(Cve.Severity.values()))
                .as((number, severity) -> new Cve("CVE-2026-" + number, severity))
                .list()
                .uniqueElements(Cve::id)
                .ofMaxSize(20);
        return Combinators.combine(
                        Arbitraries.strings()
                                .withChars("abc019._-")
                                .ofMinLength(1)
                                .ofMaxLength(64),
                        text,
                        cves,
                        text.optional(),
                        text.list().ofMaxSize(5))
                .as((publication, title, list, notes, functions) -> new Manifest(
                        publication, title, TestBundles.CREATED, list, notes, functions, notes, java.util.List.of()));
    }

    private static Refusal.BadManifest refused(byte[] json) {
        var e = catchThrowableOfType(RefusedException.class, () -> ManifestCodec.decode(json));
        assertThat(e).as("accepted: %s", Arrays.toString(json)).isNotNull();
        return (Refusal.BadManifest) e.refusal();
    }
}
