package io.rebootless.server.holds;

import io.rebootless.server.access.Caller;
import io.rebootless.server.problem.Answers;
import io.rebootless.server.problem.Paging;
import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.wire.Hold;
import io.rebootless.wire.HoldRequest;
import io.rebootless.wire.Page;
import io.rebootless.wire.Touched;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What holds hosts back: listed, made and lifted. */
@RestController
final class HoldController {
    private final Holds holds;
    private final HoldLevers levers;
    private final HoldPreview preview;
    private final Clock clock;

    HoldController(Holds holds, HoldLevers levers, HoldPreview preview, Clock clock) {
        this.holds = holds;
        this.levers = levers;
        this.preview = preview;
        this.clock = clock;
    }

    /** Lists the holds that stand, the newest first. */
    @GetMapping(path = "/api/v1/holds", produces = MediaType.APPLICATION_JSON_VALUE)
    Page<Hold> list(
            @RequestParam(name = "limit", defaultValue = Paging.DEFAULT_LIMIT) int limit,
            @RequestParam(name = "cursor", defaultValue = "") String cursor) {
        Paging.checkLimit(limit);
        var position = cursor.isEmpty() ? Position.NEWEST : position(cursor);
        return Paging.page(
                holds.list(position.before(), position.after(), limit + 1),
                limit,
                hold -> hold,
                last -> Paging.cursor("%s %s".formatted(last.created(), last.id())));
    }

    /** A place in the list. */
    private record Position(@Nullable OffsetDateTime before, UUID after) {
        static final Position NEWEST = new Position(null, new UUID(0, 0));
    }

    private static Position position(String cursor) {
        List<String> parts = List.of(Paging.position(cursor).split(" ", -1));
        try {
            return new Position(OffsetDateTime.parse(parts.get(0)), UUID.fromString(parts.get(1)));
        } catch (DateTimeException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw Paging.badCursor();
        }
    }

    /** Holds a host, a group, or the whole fleet back. */
    @Answers(problems = ProblemType.NOT_FOUND)
    @PostMapping(
            path = "/api/v1/holds",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.CREATED)
    Hold create(@AuthenticationPrincipal Caller caller, @RequestBody HoldRequest request) {
        demandFuture(request);
        return levers.create(request, caller.name());
    }

    /** Says which hosts a hold would touch, and which CVEs it would leave or make open there. Changes nothing. */
    @Answers(problems = ProblemType.NOT_FOUND)
    @PostMapping(
            path = "/api/v1/holds/preview",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    Touched preview(@RequestBody HoldRequest request) {
        demandFuture(request);
        return preview.of(request);
    }

    /** Says which hosts the lifting of a hold would touch. Changes nothing. */
    @GetMapping(path = "/api/v1/holds/{id}/preview", produces = MediaType.APPLICATION_JSON_VALUE)
    Touched previewLift(@PathVariable("id") UUID id) {
        return preview.ofLifting(holds.find(id).orElseThrow(() -> absent(id)));
    }

    private static ProblemException absent(UUID id) {
        return ProblemType.NOT_FOUND.because(
                "There is no hold %s.".formatted(id), "`rebootless hold list` shows those that stand.");
    }

    private void demandFuture(HoldRequest request) {
        if (request.expires() != null && !request.expires().isAfter(clock.instant())) {
            throw ProblemType.BAD_REQUEST.because(
                    "The hold would have ended at %s.".formatted(request.expires()), "Give a moment that is to come.");
        }
    }

    /** Lifts a hold: its hosts are told what the others are told. */
    @DeleteMapping("/api/v1/holds/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void lift(@PathVariable("id") UUID id) {
        if (!levers.lift(id)) {
            throw absent(id);
        }
    }
}
