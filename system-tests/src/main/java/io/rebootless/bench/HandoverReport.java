package io.rebootless.bench;

import io.rebootless.guest.DebianKernel;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What was measured, for people and for programs. */
record HandoverReport(
        String commit,
        DebianKernel kernel,
        DebianPackage kpatch,
        int rounds,
        long imageBytes,
        List<Handover> handovers) {

    /** The ratio of medians that must not be exceeded. */
    private static final double MOST_AGAINST_KPATCH = 1.0;

    /** The price of staging and verifying that is aimed at. */
    private static final double AIM_AGAINST_BARE = 1.5;

    boolean passed() {
        return handovers.stream().allMatch(h -> h.againstKpatch() <= MOST_AGAINST_KPATCH);
    }

    String csv() {
        var lines = new StringBuilder("keys,threshold,round,way,total_ns,part_1_ns,part_2_ns,part_3_ns,verify_ns\n");
        for (Handover handover : handovers) {
            for (Measurement m : handover.measurements()) {
                String nanos = Arrays.stream(m.nanos()).mapToObj(Long::toString).collect(Collectors.joining(","));
                lines.append("%d,%d,%d,%s,%s%s%n"
                        .formatted(
                                handover.keys(),
                                handover.threshold(),
                                m.round(),
                                m.way(),
                                nanos,
                                ",".repeat(5 - m.nanos().length)));
            }
        }
        return lines.toString();
    }

    String markdown() {
        return """
                # A livepatch's hand-over to the kernel

                `make bench-kernel`, %s, commit %s, Debian's kernel %s, %s from Debian 13, %d rounds.

                From the first write (or fork, or open) to the end of the transition of the same livepatch \
                (%,d bytes) in the same idle guest, the three ways in turn. Milliseconds: median (least–most).

                %s
                What Rebootless's time is made of. *Verifying* is part of *apply*, taken by itself: the same command \
                refused because the level is in force already, which is the first thing looked at after the signatures.

                %s
                The guest is emulated (QEMU's TCG, one processor, no hardware acceleration): everything that computes, \
                and hashing and RSA above all, takes many times what it takes on metal, while the fixed naps of 2 ms \
                between two looks at the transition do not. So only the ratios say something. `kpatch load` is given \
                the same end, not its own return, which comes later; its time is mostly that of the programs its shell \
                script starts. Every line is in `handover.csv`; what is measured how is in `README.md`.
                """.formatted(
                LocalDate.now(ZoneOffset.UTC), commit, kernel, kpatch.id(), rounds, imageBytes, comparison(), parts());
    }

    private String comparison() {
        var table = new StringBuilder("""
                | signatures | rebootless | `kpatch load` | bare `finit_module` | against kpatch, at most 1.0 | against bare, aim 1.5 |
                |---|---|---|---|---|---|
                """);
        for (Handover h : handovers) {
            table.append("| %s | %s | %s | %s | %s | %s |%n"
                    .formatted(
                            h.trust(),
                            h.total("rebootless"),
                            h.total("kpatch"),
                            h.total("bare"),
                            verdict(h.againstKpatch(), MOST_AGAINST_KPATCH),
                            verdict(h.againstBare(), AIM_AGAINST_BARE)));
        }
        return table.toString();
    }

    private String parts() {
        var table = new StringBuilder("""
                | signatures | staging | apply | of it verifying | wait for the transition | (`kpatch load` returns after) |
                |---|---|---|---|---|---|
                """);
        for (Handover h : handovers) {
            table.append("| %s | %s | %s | %s | %s | %s |%n"
                    .formatted(
                            h.trust(),
                            h.part("rebootless", 1),
                            h.part("rebootless", 2),
                            h.part("rebootless", 4),
                            h.part("rebootless", 3),
                            h.part("kpatch", 1)));
        }
        return table.toString();
    }

    private static String verdict(double ratio, double most) {
        return String.format(Locale.ROOT, "**%.2f**, %s", ratio, ratio <= most ? "met" : "missed");
    }
}
