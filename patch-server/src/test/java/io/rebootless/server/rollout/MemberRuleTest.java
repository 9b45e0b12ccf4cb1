package io.rebootless.server.rollout;

import static io.rebootless.wire.RolloutHostState.DRAWN;
import static io.rebootless.wire.RolloutHostState.FAILED;
import static io.rebootless.wire.RolloutHostState.GONE;
import static io.rebootless.wire.RolloutHostState.HANDED;
import static io.rebootless.wire.RolloutHostState.HELD;
import static io.rebootless.wire.RolloutHostState.INCIDENT;
import static io.rebootless.wire.RolloutHostState.RELEASED;
import static io.rebootless.wire.RolloutHostState.SETTLED;
import static io.rebootless.wire.RolloutHostState.SILENT;
import static io.rebootless.wire.RolloutHostState.UNREACHED;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.server.rollout.MemberRule.Facts;
import io.rebootless.server.rollout.MemberRule.Patience;
import io.rebootless.server.rollout.MemberRule.Quarantine;
import io.rebootless.server.rollout.MemberRule.Report;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.Failure;
import io.rebootless.wire.RolloutHostState;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MemberRuleTest {
    private static final Instant NOW = Instant.parse("2026-11-29T10:00:00Z");
    private static final Failure CRASH = new Failure("suspected-crash", "boot-1 ended without a word");

    /** A host that was just heard of, and differs from that in what a test says. */
    private static final class Host {
        private RolloutHostState was = DRAWN;
        private Instant released;
        private Instant handed;
        private String left;
        private String held;
        private Instant since = NOW.minusSeconds(60);
        private Instant heard = NOW;
        private Report report;
        private boolean settled;
        private Quarantine quarantine;
        private Instant listening = NOW.minus(Duration.ofDays(1));

        static Host handed(RolloutHostState was) {
            var host = new Host();
            host.was = was;
            host.released = NOW.minusSeconds(120);
            host.handed = NOW.minusSeconds(60);
            return host;
        }

        Host says(AgentState state, boolean ofBundle, String failure) {
            report = new Report(state, ofBundle, failure == null ? null : new Failure(failure, "why"));
            return this;
        }

        Host quarantines(Failure reason, boolean lifted) {
            quarantine = new Quarantine(reason, lifted);
            return this;
        }

        Host heard(Duration ago) {
            heard = NOW.minus(ago);
            if (handed != null) {
                handed = heard.minusSeconds(1);
            }
            return this;
        }

        RolloutHostState state() {
            var facts =
                    new Facts(was, "before", since, released, handed, left, held, heard, report, settled, quarantine);
            var patience = new Patience(
                    Duration.ofMinutes(10), Duration.ofMinutes(30), Duration.ofDays(1), Duration.ofHours(1), listening);
            return MemberRule.of(facts, patience, NOW).state();
        }
    }

    @Test
    void one_that_is_not_heard_of_is_passed_over_and_comes_back() {
        assertThat(new Host().heard(Duration.ofMinutes(29)).state()).isEqualTo(DRAWN);
        assertThat(new Host().heard(Duration.ofMinutes(30)).state()).isEqualTo(UNREACHED);
        var back = new Host();
        back.was = UNREACHED;
        assertThat(back.state()).isEqualTo(DRAWN);
        var released = new Host().heard(Duration.ofHours(5));
        released.was = RELEASED;
        released.released = NOW.minus(Duration.ofMinutes(29));
        assertThat(released.state()).as("its time begins with its turn").isEqualTo(RELEASED);
    }

    @Test
    void nobody_is_silent_because_the_server_was() {
        var host = Host.handed(HANDED).heard(Duration.ofHours(5));
        assertThat(host.state()).isEqualTo(SILENT);
        host.listening = NOW.minus(Duration.ofMinutes(9));
        assertThat(host.state()).isEqualTo(HANDED);
    }

    @Test
    void silence_after_the_hand_over_is_suspected_until_it_is_heard_of() {
        assertThat(Host.handed(HANDED).heard(Duration.ofMinutes(9)).state()).isEqualTo(HANDED);
        assertThat(Host.handed(HANDED).heard(Duration.ofMinutes(10)).state()).isEqualTo(SILENT);
        assertThat(Host.handed(SILENT).state()).isEqualTo(HANDED);
    }

    @Test
    void one_that_settled_long_ago_may_be_switched_off_and_one_that_settled_just_now_may_have_crashed() {
        var host = Host.handed(SETTLED).heard(Duration.ofHours(3));
        host.since = NOW.minus(Duration.ofHours(5));
        assertThat(host.state()).isEqualTo(SETTLED);
        host.since = NOW.minus(Duration.ofHours(3)).minusSeconds(60);
        assertThat(host.state()).isEqualTo(SILENT);
    }

    @Test
    void whoever_was_found_silent_stays_so_until_heard_of_however_long_the_server_has_listened() {
        var silent = Host.handed(SILENT).heard(Duration.ofHours(3));
        silent.listening = NOW;
        assertThat(silent.state()).isEqualTo(SILENT);
        var unreached = new Host().heard(Duration.ofHours(3));
        unreached.was = UNREACHED;
        unreached.listening = NOW;
        assertThat(unreached.state()).isEqualTo(UNREACHED);
    }

    @Test
    void one_that_never_settles_has_failed() {
        var host = Host.handed(HANDED).says(AgentState.FAILED, true, "fetch-failed");
        host.handed = NOW.minus(Duration.ofHours(23));
        assertThat(host.state()).isEqualTo(HANDED);
        host.handed = NOW.minus(Duration.ofHours(24));
        assertThat(host.state()).isEqualTo(FAILED);
    }

    @Test
    void a_quarantine_counts_more_than_anything_it_says_and_is_over_when_lifted() {
        var host = Host.handed(SETTLED).quarantines(CRASH, false);
        host.settled = true;
        assertThat(host.state()).isEqualTo(INCIDENT);
        assertThat(Host.handed(INCIDENT).quarantines(CRASH, true).state()).isEqualTo(HANDED);
        assertThat(Host.handed(HANDED)
                        .quarantines(new Failure("transition-stalled", "pid 1"), false)
                        .state())
                .isEqualTo(FAILED);
    }

    @Test
    void a_crash_that_was_seen_stays_seen() {
        assertThat(Host.handed(INCIDENT).says(AgentState.IDLE, false, null).state())
                .isEqualTo(INCIDENT);
        var again = Host.handed(INCIDENT);
        again.settled = true;
        assertThat(again.state()).as("but for one that has settled since").isEqualTo(SETTLED);
    }

    @Test
    void a_failed_probe_is_an_incident_and_a_failed_download_is_nothing_yet() {
        assertThat(Host.handed(HANDED)
                        .says(AgentState.FAILED, true, "probe-failed")
                        .state())
                .isEqualTo(INCIDENT);
        assertThat(Host.handed(HANDED)
                        .says(AgentState.REFUSED, true, "below-floor")
                        .state())
                .isEqualTo(FAILED);
        assertThat(Host.handed(HANDED)
                        .says(AgentState.FAILED, true, "fetch-failed")
                        .state())
                .isEqualTo(HANDED);
        assertThat(Host.handed(HANDED)
                        .says(AgentState.FAILED, false, "probe-failed")
                        .state())
                .as("of another bundle")
                .isEqualTo(HANDED);
    }

    @Test
    void held_ones_are_not_waited_for_unless_they_may_have_crashed() {
        var host = new Host();
        host.held = "held by ops";
        assertThat(host.state()).isEqualTo(HELD);
        assertThat(Host.handed(HANDED)
                        .says(AgentState.HELD, false, "held-on-host")
                        .state())
                .isEqualTo(HELD);
        assertThat(Host.handed(HANDED)
                        .says(AgentState.HELD, false, "held-by-server")
                        .state())
                .as("what it was told before")
                .isEqualTo(HANDED);
        assertThat(Host.handed(HANDED)
                        .says(AgentState.HELD, false, "held-on-host")
                        .heard(Duration.ofMinutes(11))
                        .state())
                .isEqualTo(SILENT);
    }

    @Test
    void one_that_leaves_is_gone_but_what_it_has_shown_counts() {
        var host = Host.handed(HANDED);
        host.left = "it has left the fleet";
        assertThat(host.state()).isEqualTo(GONE);
        host.quarantines(CRASH, false);
        assertThat(host.state()).isEqualTo(INCIDENT);
        var settled = Host.handed(SETTLED);
        settled.left = "it runs another kernel now";
        assertThat(settled.state()).isEqualTo(SETTLED);
    }
}
