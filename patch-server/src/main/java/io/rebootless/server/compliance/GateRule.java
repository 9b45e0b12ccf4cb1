package io.rebootless.server.compliance;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.BuildId;
import io.rebootless.server.catalog.CveCoverage;
import io.rebootless.server.fleet.HostFacts;
import io.rebootless.server.fleet.HostFacts.Reported;
import io.rebootless.wire.GateReport;
import io.rebootless.wire.GateReport.Verdict;
import io.rebootless.wire.NotAffected;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether hosts are protected against a CVE. Protected is only said of what is in force for every task. */
final class GateRule {
    private GateRule() {}

    /** The verdict over all hosts: one exposed host exposes them all, and nobody is protected by nobody. */
    static GateReport of(
            String cve,
            Map<String, String> labels,
            @Nullable String query,
            List<HostFacts> hosts,
            CveCoverage coverage,
            Map<BuildId, NotAffected> notAffected,
            Instant now,
            Duration silentAfter) {
        List<GateReport.Host> verdicts = hosts.stream()
                .map(host -> verdict(host, coverage, notAffected, now, silentAfter))
                .toList();
        Verdict worst = verdicts.stream()
                .map(GateReport.Host::verdict)
                .max(Verdict::compareTo)
                .orElse(Verdict.UNKNOWN);
        return new GateReport(cve, labels, query, worst, verdicts);
    }

    /**
     * The verdict over one host.
     *
     * @param notAffected what publishers have stated about the CVE, by kernel build
     */
    static GateReport.Host verdict(
            HostFacts host,
            CveCoverage coverage,
            Map<BuildId, NotAffected> notAffected,
            Instant now,
            Duration silentAfter) {
        if (host.cloned()) {
            return verdict(host, Verdict.UNKNOWN, "two machines have shown its token, and must enrol again");
        }
        Reported report = host.report();
        if (report == null) {
            return verdict(host, Verdict.UNKNOWN, "it has never reported");
        }
        if (host.silent(now, silentAfter)) {
            return verdict(host, Verdict.UNKNOWN, "it was last heard of at " + host.lastSeen());
        }
        Sha256 bundle = report.bundle();
        Long level = bundle == null ? null : coverage.bundles().get(bundle);
        // What the agent says and what the kernel says must agree.
        boolean inForce =
                level != null && report.inForce() && report.livepatch().level() == level;
        if (inForce && bundle != null && !host.quarantines(bundle)) {
            return verdict(host, Verdict.PROTECTED, "level %d, which names it, is in force".formatted(level));
        }
        NotAffected stated = notAffected.get(host.kernel().buildId());
        if (stated != null) {
            String reason = "its kernel build is not affected, says %s: %s".formatted(stated.by(), stated.reason());
            return new GateReport.Host(host.id(), host.hostname(), Verdict.PROTECTED, reason, stated.reason());
        }
        // The fix may well be in force, but its publisher does not stand by it any more.
        if (bundle != null && report.inForce() && coverage.withdrawn().containsKey(bundle)) {
            return verdict(
                    host,
                    Verdict.UNKNOWN,
                    "level %d, which names it, was withdrawn"
                            .formatted(coverage.withdrawn().get(bundle)));
        }
        var quarantined = host.quarantined().stream()
                .filter(one -> coverage.bundles().containsKey(one.bundle()))
                .findFirst();
        if (quarantined.isPresent()) {
            return verdict(
                    host,
                    Verdict.EXPOSED,
                    "level %d, which names it, is in quarantine there: %s"
                            .formatted(
                                    quarantined.get().level(),
                                    quarantined.get().reason().name()));
        }
        if (coverage.kernels().contains(host.kernel())) {
            return verdict(
                    host,
                    Verdict.EXPOSED,
                    "a level that names it is published for %s and not in force"
                            .formatted(host.kernel().release()));
        }
        return verdict(
                host,
                Verdict.UNKNOWN,
                "no bundle for its kernel build %s names it"
                        .formatted(host.kernel().release()));
    }

    private static GateReport.Host verdict(HostFacts host, Verdict verdict, String reason) {
        return new GateReport.Host(host.id(), host.hostname(), verdict, reason, null);
    }
}
