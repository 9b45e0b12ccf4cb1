package io.rebootless.server.fleet;

import io.rebootless.server.access.Caller;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.AgentReport;
import io.rebootless.wire.ReportReceipt;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Takes hosts' reports. */
@RestController
final class ReportController {
    private final Reports reports;

    ReportController(Reports reports) {
        this.reports = reports;
    }

    /** Stores the whole state of the host that asks; repeats change nothing. */
    @PutMapping(path = AgentProtocol.REPORT, consumes = MediaType.APPLICATION_JSON_VALUE)
    ReportReceipt report(@AuthenticationPrincipal Caller host, @RequestBody AgentReport report) {
        return reports.store(host.uuid(), report);
    }
}
