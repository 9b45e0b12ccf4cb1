package io.rebootless.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.catalog.CatalogSnapshot;
import io.rebootless.server.catalog.CatalogSnapshot.Entry;
import io.rebootless.server.catalog.Releases;
import io.rebootless.server.catalog.Releases.Release;
import io.rebootless.server.delivery.DirectiveRule.Told;
import io.rebootless.server.holds.HostHold;
import io.rebootless.server.testing.Samples;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.Directive;
import io.rebootless.wire.Directive.Order;
import io.rebootless.wire.HoldKind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DirectiveRuleTest {
    private static final Instant NOW = Instant.parse("2026-11-29T10:00:00Z");
    private static final Releases NOBODY = new Releases(Set.of(), Set.of(), Map.of());

    private final KernelBuild kernel = Samples.kernel();
    private final UUID host = UUID.randomUUID();

    private Entry entry(long level, boolean withdrawn) {
        return new Entry(
                kernel,
                new BundleReference(identity(level), identity(level), 1000, level, "p" + level),
                NOW.plusSeconds(level),
                withdrawn);
    }

    private Sha256 identity(long level) {
        return Sha256.of((kernel + " " + level).getBytes());
    }

    private Releases everybody(long... levels) {
        return new Releases(
                java.util.Arrays.stream(levels).mapToObj(this::identity).collect(java.util.stream.Collectors.toSet()),
                Set.of(),
                Map.of());
    }

    private Releases host(long level, Release release) {
        return new Releases(Set.of(identity(1)), Set.of(), Map.of(host, Map.of(identity(level), release)));
    }

    private Told told(CatalogSnapshot catalog, HostHold... holds) {
        return DirectiveRule.of(
                catalog, new DirectiveRule.Host(host, kernel, List.of(holds), Set.of()), NOW.plusSeconds(60));
    }

    private Directive directive(CatalogSnapshot catalog, HostHold... holds) {
        return told(catalog, holds).directive();
    }

    private static HostHold hold(HoldKind kind, Long level, Instant until) {
        return new HostHold(UUID.randomUUID(), kind, level, until, "ops", "a\nmeasurement", null);
    }

    @Test
    void the_highest_level_of_the_very_kernel_build_that_is_everybodys_is_ordered() {
        var catalog =
                CatalogSnapshot.of(7, List.of(entry(2, false), entry(3, false), entry(1, false)), everybody(1, 2, 3));
        var directive = directive(catalog);
        assertThat(directive.order()).isEqualTo(Order.RUN);
        assertThat(directive.bundle().level()).isEqualTo(3);
        assertThat(directive.generation()).isEqualTo(7);
        var other = new DirectiveRule.Host(host, Samples.kernel(), List.of(), Set.of());
        assertThat(DirectiveRule.of(catalog, other, NOW).directive().order()).isEqualTo(Order.HOLD);
    }

    @Test
    void what_no_rollout_has_come_to_the_host_with_is_not_ordered() {
        var directive = directive(CatalogSnapshot.of(7, List.of(entry(1, false)), NOBODY));
        assertThat(directive.order()).isEqualTo(Order.HOLD);
        assertThat(directive.reason()).isEqualTo(DirectiveRule.NOT_REACHED);
        var below = CatalogSnapshot.of(7, List.of(entry(1, false), entry(2, false)), everybody(1));
        assertThat(directive(below).bundle().level()).isEqualTo(1);
    }

    @Test
    void what_is_open_to_the_host_is_ordered_once_the_hand_over_is_taken_down_and_what_was_handed_at_once() {
        var entries = List.of(entry(1, false), entry(2, false));
        var open = told(CatalogSnapshot.of(7, entries, host(2, Release.OPEN)));
        assertThat(open.directive().bundle().level()).isEqualTo(2);
        assertThat(open.handOver()).isTrue();
        var handed = told(CatalogSnapshot.of(7, entries, host(2, Release.HANDED)));
        assertThat(handed.directive().bundle().level()).isEqualTo(2);
        assertThat(handed.handOver()).isFalse();
    }

    @Test
    void what_the_host_was_not_handed_after_all_it_is_not_told_to_run() {
        var catalog = CatalogSnapshot.of(7, List.of(entry(1, false), entry(2, false)), host(2, Release.OPEN));
        var refused = new DirectiveRule.Host(host, kernel, List.of(), Set.of(identity(2)));
        assertThat(DirectiveRule.of(catalog, refused, NOW).directive().bundle().level())
                .isEqualTo(1);
    }

    @Test
    void below_a_withdrawn_level_the_newest_good_one_is_ordered_and_none_if_there_is_none() {
        var catalog =
                CatalogSnapshot.of(7, List.of(entry(1, false), entry(2, false), entry(3, true)), everybody(1, 2, 3));
        assertThat(directive(catalog).bundle().level()).isEqualTo(2);
        var nothingGood = CatalogSnapshot.of(8, List.of(entry(1, true), entry(2, true)), everybody(1, 2));
        assertThat(directive(nothingGood).order()).isEqualTo(Order.NONE);
        assertThat(directive(nothingGood).reason()).contains("withdrawn");
    }

    @Test
    void from_a_quarantined_level_that_is_the_only_one_hosts_go_back_to_none() {
        var releases = new Releases(Set.of(), Set.of(identity(1)), Map.of());
        assertThat(directive(CatalogSnapshot.of(7, List.of(entry(1, false)), releases))
                        .order())
                .isEqualTo(Order.NONE);
    }

    @Test
    void a_held_host_stays_and_an_emergency_reverts() {
        var catalog = CatalogSnapshot.of(7, List.of(entry(1, false)), everybody(1));
        var held = directive(catalog, hold(HoldKind.STAY, null, null));
        assertThat(held.order()).isEqualTo(Order.HOLD);
        assertThat(held.reason()).isEqualTo("held by ops: a measurement");
        assertThat(directive(catalog, hold(HoldKind.STAY, null, null), hold(HoldKind.NONE, null, null))
                        .order())
                .isEqualTo(Order.NONE);
    }

    @Test
    void a_pinned_host_runs_the_highest_level_that_the_pin_allows() {
        var catalog =
                CatalogSnapshot.of(7, List.of(entry(1, false), entry(2, false), entry(3, false)), everybody(1, 2, 3));
        assertThat(directive(catalog, hold(HoldKind.LEVEL, 2L, null)).bundle().level())
                .isEqualTo(2);
        assertThat(directive(catalog, hold(HoldKind.DATE, null, NOW.plusSeconds(1)))
                        .bundle()
                        .level())
                .isEqualTo(1);
        assertThat(directive(catalog, hold(HoldKind.LEVEL, 2L, null), hold(HoldKind.DATE, null, NOW.plusSeconds(1)))
                        .bundle()
                        .level())
                .isEqualTo(1);
        assertThat(directive(catalog, hold(HoldKind.DATE, null, NOW)).order())
                .as("it may run nothing that has come to it")
                .isEqualTo(Order.NONE);
    }

    @Test
    void a_hold_that_has_ended_holds_nobody() {
        var ended = new HostHold(UUID.randomUUID(), HoldKind.STAY, null, null, "ops", "why", NOW.plusSeconds(60));
        var catalog = CatalogSnapshot.of(7, List.of(entry(1, false)), everybody(1));
        assertThat(directive(catalog, ended).order()).isEqualTo(Order.RUN);
    }
}
