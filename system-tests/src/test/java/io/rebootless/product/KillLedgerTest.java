package io.rebootless.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.bundle.Sha256;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.JournalEntry;
import io.rebootless.wire.WireJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That the judge of {@link RandomKillSystemTest} would see what it is there to see. */
class KillLedgerTest {
    private static final Sha256 BUNDLE = Sha256.of(new byte[] {1});
    private static final Sha256 ANOTHER = Sha256.of(new byte[] {2});
    private static final String NOTHING = "{\"progress\":{\"attempt\":null}}";
    private static final String TRYING =
            "{\"progress\":{\"attempt\":{\"reference\":{\"identity\":\"%s\"}}}}".formatted(BUNDLE.hex());

    private final KillLedger ledger = new KillLedger();
    private final List<JournalEntry> journal = new ArrayList<>();

    @Test
    void a_bundle_killed_under_while_it_was_tried_must_not_be_handed_over_again() {
        entry(AgentState.APPLYING, BUNDLE, "upgrade");
        ledger.killed(files(TRYING));
        assertThat(ledger.forbidden()).containsExactly(BUNDLE.hex());

        entry(AgentState.APPLYING, ANOTHER, "upgrade");
        ledger.follow(files(NOTHING));
        entry(AgentState.APPLYING, BUNDLE, "upgrade");
        assertThatThrownBy(() -> ledger.follow(files(NOTHING)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("applied again");
    }

    @Test
    void nor_must_one_that_the_host_itself_has_suspected() {
        entry(AgentState.FAILED, BUNDLE, "suspected-crash: words");
        entry(AgentState.APPLYING, BUNDLE, "upgrade");
        assertThatThrownBy(() -> ledger.follow(files(NOTHING))).isInstanceOf(AssertionError.class);
    }

    @Test
    void one_that_was_lifted_may_be_and_is_forbidden_again_when_it_is_killed_under_again() {
        entry(AgentState.APPLYING, BUNDLE, "upgrade");
        ledger.killed(files(TRYING));
        entry(AgentState.IDLE, BUNDLE, "the server has lifted the quarantine 1 of level 1 (one)");
        entry(AgentState.APPLYING, BUNDLE, "upgrade");
        ledger.follow(files(TRYING));
        assertThat(ledger.forbidden()).isEmpty();

        ledger.killed(files(TRYING));
        assertThat(ledger.forbidden()).containsExactly(BUNDLE.hex());
    }

    @Test
    void one_that_had_settled_may_come_back() {
        entry(AgentState.APPLYING, BUNDLE, "upgrade");
        entry(AgentState.SETTLED, BUNDLE, "in force");
        ledger.killed(files(NOTHING));
        entry(AgentState.APPLYING, BUNDLE, "upgrade");
        ledger.follow(files(TRYING));
        assertThat(ledger.forbidden()).isEmpty();
        assertThat(ledger.everSettled()).containsExactly(BUNDLE.hex());
    }

    @Test
    void a_journal_that_has_lost_its_end_is_no_consistent_state() {
        entry(AgentState.APPLYING, BUNDLE, "upgrade");
        entry(AgentState.SETTLED, BUNDLE, "in force");
        ledger.follow(files(NOTHING));
        journal.remove(1);
        assertThatThrownBy(() -> ledger.killed(files(NOTHING)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("lost");
    }

    private void entry(AgentState step, Sha256 bundle, String detail) {
        journal.add(new JournalEntry(journal.size() + 1, Instant.EPOCH, "boot", step, bundle, 1L, detail));
    }

    private StateFiles files(String state) {
        return new StateFiles(WireJson.mapper().readTree(state), List.copyOf(journal));
    }
}
