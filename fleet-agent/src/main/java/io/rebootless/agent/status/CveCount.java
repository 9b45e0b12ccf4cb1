package io.rebootless.agent.status;

import io.rebootless.bundle.Cve;
import java.util.ArrayList;
import java.util.List;

/** So many CVEs, the gravest counted first: {@code 37 CVEs (4 critical, 12 high)}. */
final class CveCount {
    private static final List<Cve.Severity> GRAVEST_FIRST = List.of(
            Cve.Severity.CRITICAL,
            Cve.Severity.HIGH,
            Cve.Severity.MEDIUM,
            Cve.Severity.LOW,
            Cve.Severity.NONE,
            Cve.Severity.UNKNOWN);

    private CveCount() {}

    static String of(List<Cve> cves) {
        if (cves.isEmpty()) {
            return "no CVE by name";
        }
        var parts = new ArrayList<String>();
        for (var severity : GRAVEST_FIRST) {
            long number =
                    cves.stream().filter(cve -> cve.severity() == severity).count();
            if (number > 0) {
                parts.add(number + " "
                        + switch (severity) {
                            case UNKNOWN -> "not rated";
                            case NONE -> "rated none";
                            default -> severity.word();
                        });
            }
        }
        return "%d CVE%s (%s)".formatted(cves.size(), cves.size() == 1 ? "" : "s", String.join(", ", parts));
    }
}
