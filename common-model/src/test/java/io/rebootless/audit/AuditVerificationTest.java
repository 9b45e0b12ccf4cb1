package io.rebootless.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.audit.AuditEntry.Recorded;
import io.rebootless.audit.AuditVerification.Broken;
import io.rebootless.audit.AuditVerification.Intact;
import io.rebootless.audit.AuditVerification.Verdict;
import io.rebootless.bundle.Sha256;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AuditVerificationTest {
    @Provide
    Arbitrary<List<AuditEntry>> logs() {
        // PostgreSQL holds no halves of surrogate pairs, so neither does a log.
        var text = Arbitraries.strings().withCharRange('\u0001', '\ud7ff').ofMaxLength(8);
        var seconds = Arbitraries.longs().between(-62_135_596_800L, 253_402_300_799L);
        var micros = Arbitraries.longs().between(0, 999_999);
        var at = Combinators.combine(seconds, micros).as((s, us) -> Instant.ofEpochSecond(s, us * 1000));
        return Combinators.combine(at, text, text, text, text, text, text)
                .as(Recorded::new)
                .list()
                .ofMinSize(2)
                .ofMaxSize(12)
                .map(AuditVerificationTest::sealed);
    }

    private static List<AuditEntry> sealed(List<Recorded> acts) {
        var log = new ArrayList<AuditEntry>();
        AuditHead head = AuditHead.EMPTY;
        for (Recorded act : acts) {
            var entry = AuditChain.seal(head, act);
            log.add(entry);
            head = entry.head();
        }
        return log;
    }

    private static Verdict verify(List<AuditEntry> log, AuditHead... kept) {
        var verification = new AuditVerification(List.of(kept));
        log.forEach(verification::accept);
        return verification.end();
    }

    private static AuditHead head(List<AuditEntry> log) {
        return log.get(log.size() - 1).head();
    }

    private static Broken broken(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Broken.class);
        return (Broken) verdict;
    }

    @Property
    void a_log_that_nobody_touched_is_proven_up_to_every_head_kept(
            @ForAll("logs") List<AuditEntry> log, @ForAll @IntRange(max = 11) int at) {
        var kept = log.get(at % log.size()).head();
        assertThat(verify(log, kept)).isEqualTo(new Intact(head(log), Optional.of(kept)));
        assertThat(verify(log)).isEqualTo(new Intact(head(log), Optional.empty()));
    }

    @Property
    void the_head_of_an_empty_log_proves_nothing(@ForAll("logs") List<AuditEntry> log) {
        assertThat(verify(log, AuditHead.EMPTY)).isEqualTo(new Intact(head(log), Optional.empty()));
    }

    @Property
    void an_altered_field_is_found_at_its_entry_head_or_not(
            @ForAll("logs") List<AuditEntry> log,
            @ForAll @IntRange(max = 11) int at,
            @ForAll @IntRange(max = 8) int field) {
        int index = at % log.size();
        var forged = new ArrayList<>(log);
        forged.set(index, altered(log.get(index), field));
        assertThat(broken(verify(forged)).sequence()).isEqualTo(index + 1);
    }

    private static AuditEntry altered(AuditEntry e, int field) {
        var act = e.recorded();
        var changed = switch (field) {
            case 0 -> act(e, e.at().plusNanos(1), e.actorKind(), e.actorId(), e.actorName());
            case 1 -> act(e, e.at(), e.actorKind() + "x", e.actorId(), e.actorName());
            case 2 -> act(e, e.at(), e.actorKind(), e.actorId() + "x", e.actorName());
            case 3 -> act(e, e.at(), e.actorKind(), e.actorId(), e.actorName() + "x");
            // From one field into its neighbour: the lengths are hashed too.
            case 4 -> act(e, e.at(), e.actorKind() + "x" + e.actorId(), "", e.actorName());
            case 5 -> what(e, e.action() + "x", e.subject(), e.detail());
            case 6 -> what(e, e.action(), e.subject() + "x", e.detail());
            case 7 -> what(e, e.action(), e.subject(), e.detail() + " ");
            default -> act;
        };
        return new AuditEntry(
                e.sequence(), changed, field < 8 ? e.hash() : Sha256.of(e.hash().bytes()));
    }

    private static Recorded act(AuditEntry e, Instant at, String kind, String id, String name) {
        return new Recorded(at, kind, id, name, e.action(), e.subject(), e.detail());
    }

    private static Recorded what(AuditEntry e, String action, String subject, String detail) {
        return new Recorded(e.at(), e.actorKind(), e.actorId(), e.actorName(), action, subject, detail);
    }

    @Property
    void a_removed_entry_is_found(@ForAll("logs") List<AuditEntry> log, @ForAll @IntRange(max = 11) int at) {
        int index = at % log.size();
        var fewer = new ArrayList<>(log);
        fewer.remove(index);
        assertThat(broken(verify(fewer, head(log))).sequence()).isEqualTo(index + 1);
    }

    @Property
    void reordered_entries_are_found(@ForAll("logs") List<AuditEntry> log, @ForAll @IntRange(max = 11) int at) {
        int index = at % (log.size() - 1);
        var mixed = new ArrayList<>(log);
        mixed.set(index, log.get(index + 1));
        mixed.set(index + 1, log.get(index));
        assertThat(broken(verify(mixed)).sequence()).isEqualTo(index + 1);
    }

    @Property
    void an_inserted_entry_is_found(@ForAll("logs") List<AuditEntry> log, @ForAll @IntRange(max = 11) int at) {
        int index = at % log.size();
        var before = index == 0 ? AuditHead.EMPTY : log.get(index - 1).head();
        var more = new ArrayList<>(log);
        more.add(index, AuditChain.seal(before, altered(log.get(index), 7).recorded()));
        assertThat(broken(verify(more)).sequence()).as("the one after it").isEqualTo(index + 2);
    }

    @Property
    void a_cut_tail_is_found_by_a_head_kept_elsewhere_and_by_nothing_else(
            @ForAll("logs") List<AuditEntry> log, @ForAll @IntRange(max = 11) int at) {
        int left = at % log.size();
        var cut = log.subList(0, left);
        assertThat(broken(verify(cut, head(log))).sequence()).isEqualTo(left + 1);
        assertThat(verify(cut)).isInstanceOf(Intact.class);
    }

    @Property
    void a_log_written_anew_is_found_by_a_head_kept_elsewhere_and_by_nothing_else(
            @ForAll("logs") List<AuditEntry> log, @ForAll @IntRange(max = 11) int at) {
        var anew = anew(log, at % log.size());
        assertThat(verify(anew)).isInstanceOf(Intact.class);
        assertThat(broken(verify(anew, head(log))).reason())
                .contains("written anew", head(log).toString());
    }

    @Property
    void what_an_older_head_proves_is_not_blamed(@ForAll("logs") List<AuditEntry> log) {
        var anew = anew(log, log.size() - 1);
        assertThat(broken(verify(anew, log.get(0).head(), head(log))).sequence())
                .isEqualTo(2);
    }

    private static List<AuditEntry> anew(List<AuditEntry> log, int index) {
        var acts = new ArrayList<>(log.stream().map(AuditEntry::recorded).toList());
        acts.set(index, altered(log.get(index), 7).recorded());
        return sealed(acts);
    }

    @Property(tries = 100)
    void an_export_is_read_as_it_was_written(@ForAll("logs") List<AuditEntry> log) throws IOException {
        var out = new ByteArrayOutputStream();
        for (AuditEntry entry : log) {
            out.write(AuditExport.line(entry));
        }
        out.write(AuditExport.line(head(log)));
        var read = new ArrayList<AuditEntry>();
        assertThat(AuditExport.read(new ByteArrayInputStream(out.toByteArray()), read::add))
                .contains(head(log));
        assertThat(read).isEqualTo(log);
    }

    @Test
    void nothing_in_an_export_escapes_the_hash() {
        for (String line : List.of(
                "{\"sequence\":1,\"note\":\"x\"}",
                "{\"sequence\":1,\"sequence\":2}",
                "{\"sequence\":1}",
                "[]",
                "x",
                "{\"head\":{\"sequence\":0,\"hash\":\"" + "0".repeat(64) + "\"}}\n{}")) {
            var bytes = new ByteArrayInputStream((line + "\n").getBytes(StandardCharsets.UTF_8));
            assertThatThrownBy(() -> AuditExport.read(bytes, entry -> {}))
                    .as(line)
                    .isInstanceOf(AuditExport.Malformed.class)
                    .hasMessageStartingWith("line ");
        }
    }

    /** The value was computed by the program in docs/audit.md: the encoding is a promise to others. */
    @Test
    void the_encoding_never_changes() {
        var act = new Recorded(
                Instant.parse("2026-11-25T02:08:22.123456Z"), "api-key", "7", "Zoë", "host.retired", "host:1", "{}");
        assertThat(AuditChain.seal(AuditHead.EMPTY, act).hash().hex())
                .isEqualTo("0b425a655e8939162ee0e51783f463bc92c7671f639ee26d4a3d5bbe505d10fa");
    }

    @Test
    void a_head_is_read_as_it_is_written() {
        String hash = "ab".repeat(32);
        assertThat(AuditHead.parse("7:" + hash)).hasToString("7:" + hash);
        assertThatThrownBy(() -> AuditHead.parse("7")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AuditHead.parse("7:" + hash + "0")).isInstanceOf(IllegalArgumentException.class);
    }
}
