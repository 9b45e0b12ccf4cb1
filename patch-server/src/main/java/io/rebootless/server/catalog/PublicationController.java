package io.rebootless.server.catalog;

import io.rebootless.server.access.Caller;
import io.rebootless.server.problem.Paging;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.wire.Page;
import io.rebootless.wire.Publication;
import io.rebootless.wire.Withdrawal;
import io.rebootless.wire.WithdrawalRequest;
import java.time.Clock;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Publications: listed, shown, and withdrawn as a whole. */
@RestController
@RequestMapping(path = "/api/v1/publications", produces = MediaType.APPLICATION_JSON_VALUE)
final class PublicationController {
    private final Publications publications;
    private final Withdrawing withdrawing;
    private final Clock clock;

    PublicationController(Publications publications, Withdrawing withdrawing, Clock clock) {
        this.publications = publications;
        this.withdrawing = withdrawing;
        this.clock = clock;
    }

    @GetMapping
    Page<Publication> list(
            @RequestParam(name = "limit", defaultValue = Paging.DEFAULT_LIMIT) int limit,
            @RequestParam(name = "cursor", defaultValue = "") String cursor) {
        Paging.checkLimit(limit);
        long before = cursor.isEmpty() ? Long.MAX_VALUE : Paging.number(cursor);
        var names = Paging.page(
                publications.list(before, limit + 1),
                limit,
                Publications.Place::name,
                last -> Paging.cursor(Long.toString(last.first())));
        return new Page<>(publications.summaries(names.items()), names.next());
    }

    @GetMapping("/{name}")
    Publication one(@PathVariable("name") String name) {
        return publications
                .find(Paging.clean("name", name))
                .orElseThrow(() -> ProblemType.NOT_FOUND.because("There is no publication of this name."));
    }

    @PostMapping(path = "/{name}/withdrawal", consumes = MediaType.APPLICATION_JSON_VALUE)
    Publication withdraw(
            @AuthenticationPrincipal Caller caller,
            @PathVariable("name") String name,
            @RequestBody WithdrawalRequest request) {
        return withdrawing.publication(
                Paging.clean("name", name), new Withdrawal(clock.instant(), caller.name(), request.reason()));
    }
}
