package io.rebootless.server.delivery;

import io.rebootless.server.fleet.HostDirectory;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.wire.Directive;
import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Says to people what a host is told. */
@RestController
final class HostDirectiveController {
    private final HostDirectory hosts;
    private final DirectiveBoard board;

    HostDirectiveController(HostDirectory hosts, DirectiveBoard board) {
        this.hosts = hosts;
        this.board = board;
    }

    /** Says what a host would be told, were it to ask now, and why it is told to run nothing newer. Hands nothing over. */
    @GetMapping(path = "/api/v1/hosts/{id}/directive", produces = MediaType.APPLICATION_JSON_VALUE)
    Directive ofHost(@PathVariable("id") UUID id) {
        return hosts.byId(id)
                .map(board::wouldTell)
                .orElseThrow(() -> ProblemType.NOT_FOUND.because("There is no host %s in the fleet.".formatted(id)));
    }
}
