package io.rebootless.server.compliance;

import io.rebootless.bundle.Cve;
import io.rebootless.server.catalog.Catalog;
import io.rebootless.server.fleet.Fleet;
import io.rebootless.server.fleet.LabelFilter;
import io.rebootless.server.groups.Groups;
import io.rebootless.server.kernels.Statements;
import io.rebootless.server.problem.Paging;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.server.settings.Settings;
import io.rebootless.wire.GateReport;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The question that a pipeline asks. */
@RestController
final class GateController {
    private final Fleet fleet;
    private final Catalog catalog;
    private final Groups groups;
    private final Statements statements;
    private final Settings settings;
    private final Clock clock;

    GateController(Fleet fleet, Groups groups, Catalog catalog, Statements statements, Settings settings, Clock clock) {
        this.fleet = fleet;
        this.groups = groups;
        this.catalog = catalog;
        this.statements = statements;
        this.settings = settings;
        this.clock = clock;
    }

    /** Says whether the fleet, or the part of it with these labels, in this group, found by this query, is protected against a CVE. */
    @GetMapping(path = "/api/v1/gate", produces = MediaType.APPLICATION_JSON_VALUE)
    GateReport gate(
            @RequestParam(name = "cve", defaultValue = "") String cve,
            @RequestParam(name = "label", required = false) @Nullable LabelFilter label,
            @RequestParam(name = "group", defaultValue = "") String group,
            @RequestParam(name = "query", defaultValue = "") String query) {
        if (!Cve.isId(cve)) {
            throw ProblemType.BAD_PARAMETER.because(
                    cve.isEmpty() ? "cve is missing." : "cve is \"%s\".".formatted(Paging.brief(cve)),
                    "cve=CVE-YYYY-NNNN",
                    cve.isEmpty() ? "nothing" : Paging.brief(cve),
                    "Ask with ?cve=CVE-2026-0001.");
        }
        Map<String, String> labels = label == null ? Map.of() : label.labels();
        var selected = groups.selected(group, query);
        return GateRule.of(
                cve,
                labels,
                selected.text().isEmpty() ? null : selected.text(),
                fleet.matching(labels, selected),
                catalog.coverage(cve),
                statements.about(cve),
                clock.instant(),
                settings.fleet().silentAfter());
    }
}
