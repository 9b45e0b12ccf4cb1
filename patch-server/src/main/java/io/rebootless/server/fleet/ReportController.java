package io.rebootless.server.fleet;

import io.rebootless.server.access.Caller;
import io.rebootless.server.problem.Answers;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.AgentReport;
import io.rebootless.wire.HostToken;
import io.rebootless.wire.Limits;
import io.rebootless.wire.ReportReceipt;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Takes hosts' reports, and gives a host the token that it is to show from then on. */
@RestController
final class ReportController {
    private final Reports reports;
    private final TokenReplacement tokens;

    ReportController(Reports reports, TokenReplacement tokens) {
        this.reports = reports;
        this.tokens = tokens;
    }

    /** Stores the whole state of the host that asks; repeats change nothing. */
    @Answers(problems = ProblemType.TOO_MANY_REPORTS)
    @PutMapping(path = AgentProtocol.REPORT, consumes = MediaType.APPLICATION_JSON_VALUE)
    ReportReceipt report(
            @AuthenticationPrincipal Caller host, @RequestBody AgentReport report, HttpServletRequest from) {
        // The record itself takes it: an agent on such a machine is to go on, and only not to be heard.
        if (Limits.holdsSecret(report.hostname())
                || (report.machineId() != null && Limits.holdsSecret(report.machineId()))) {
            throw ProblemType.BAD_REQUEST.because(
                    "hostname or machineId: what looks like a key or token is not to be in it.",
                    "Give the machine another name.");
        }
        return reports.store(host.uuid(), report, from.getRemoteAddr());
    }

    /** Gives the host that asks a new token, if an operator wants it to have one. */
    @Answers(
            value = 201,
            problems = {ProblemType.TOKEN_NOT_WANTED, ProblemType.TOO_MANY_REPORTS})
    @PostMapping(AgentProtocol.TOKEN)
    ResponseEntity<HostToken> token(@AuthenticationPrincipal Caller host) {
        return ResponseEntity.status(HttpStatus.CREATED)
                .cacheControl(CacheControl.noStore())
                .body(new HostToken(
                        AgentProtocol.VERSION, tokens.issue(host.uuid()).text()));
    }
}
