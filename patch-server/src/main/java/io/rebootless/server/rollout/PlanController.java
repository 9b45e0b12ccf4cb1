package io.rebootless.server.rollout;

import io.rebootless.server.access.Caller;
import io.rebootless.server.problem.Answers;
import io.rebootless.server.problem.Paging;
import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.wire.NamedPlan;
import io.rebootless.wire.Page;
import io.rebootless.wire.RolloutPlan;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The plans that rollouts go by. */
@RestController
final class PlanController {
    private final Plans plans;

    PlanController(Plans plans) {
        this.plans = plans;
    }

    /** Lists the plans by name, built-in ones included. */
    @GetMapping(path = "/api/v1/plans", produces = MediaType.APPLICATION_JSON_VALUE)
    Page<NamedPlan> list(
            @RequestParam(name = "limit", defaultValue = Paging.DEFAULT_LIMIT) int limit,
            @RequestParam(name = "cursor", defaultValue = "") String cursor) {
        Paging.checkLimit(limit);
        var found = plans.after(cursor.isEmpty() ? "" : Paging.position(cursor), limit + 1);
        return Paging.page(found, limit, plan -> plan, last -> Paging.cursor(last.name()));
    }

    /** Shows one plan. */
    @GetMapping(path = "/api/v1/plans/{name}", produces = MediaType.APPLICATION_JSON_VALUE)
    NamedPlan one(@PathVariable("name") String name) {
        return plans.find(name).orElseThrow(() -> absent(name));
    }

    /** Makes a plan, or changes the one of that name; rollouts that were made by it go on by what it said then. */
    @Answers({200, 201})
    @PutMapping(
            path = "/api/v1/plans/{name}",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<NamedPlan> put(
            @AuthenticationPrincipal Caller caller, @PathVariable("name") String name, @RequestBody RolloutPlan plan) {
        Paging.given(name, "Call it like weekend.");
        demandChangeable(name);
        try {
            plan.demandSensible();
        } catch (IllegalArgumentException e) {
            throw ProblemType.BAD_REQUEST.because(String.valueOf(e.getMessage()));
        }
        boolean fresh = plans.put(name, plan, caller.name());
        return ResponseEntity.status(fresh ? HttpStatus.CREATED : HttpStatus.OK).body(one(name));
    }

    /** Deletes a plan; rollouts that were made by it go on. Where the one called default was, the built-in one applies. */
    @DeleteMapping("/api/v1/plans/{name}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void delete(@PathVariable("name") String name) {
        demandChangeable(name);
        if (plans.delete(name)) {
            return;
        }
        throw name.equals(Plans.DEFAULT)
                ? ProblemType.NOT_FOUND.because("Nobody has written a plan default: the built-in one is what applies.")
                : absent(name);
    }

    private static void demandChangeable(String name) {
        if (Plans.fixed(name)) {
            throw Paging.bad(
                    "name",
                    name,
                    "a plan that is not built in",
                    "Write one of another name, or the one called default.");
        }
    }

    private static ProblemException absent(String name) {
        return ProblemType.NOT_FOUND.because(
                "There is no plan %s.".formatted(Paging.clean("name", Paging.brief(name))),
                "`rebootless plan list` shows them.");
    }
}
