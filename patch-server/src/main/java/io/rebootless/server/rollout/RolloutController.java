package io.rebootless.server.rollout;

import io.rebootless.bundle.ManifestCodec;
import io.rebootless.server.access.Caller;
import io.rebootless.server.problem.Answers;
import io.rebootless.server.problem.Paging;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.wire.Page;
import io.rebootless.wire.Rollout;
import io.rebootless.wire.RolloutHost;
import io.rebootless.wire.RolloutHostState;
import io.rebootless.wire.RolloutLever;
import io.rebootless.wire.RolloutOrder;
import io.rebootless.wire.RolloutPlanChoice;
import io.rebootless.wire.Touched;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Rollouts: listed, shown, and what operators do with them. */
@RestController
@RequestMapping(path = "/api/v1/rollouts", produces = MediaType.APPLICATION_JSON_VALUE)
final class RolloutController {
    private final Rollouts rollouts;
    private final RolloutLevers levers;
    private final RolloutPreview preview;

    RolloutController(Rollouts rollouts, RolloutLevers levers, RolloutPreview preview) {
        this.rollouts = rollouts;
        this.levers = levers;
        this.preview = preview;
    }

    /** Lists the rollouts, the newest first. */
    @GetMapping
    Page<Rollout> list(
            @RequestParam(name = "limit", defaultValue = Paging.DEFAULT_LIMIT) int limit,
            @RequestParam(name = "cursor", defaultValue = "") String cursor) {
        Paging.checkLimit(limit);
        long before = cursor.isEmpty() ? Long.MAX_VALUE : Paging.number(cursor);
        return Paging.page(
                rollouts.list(before, limit + 1),
                limit,
                Rollouts.Numbered::rollout,
                last -> Paging.cursor(Long.toString(last.number())));
    }

    /** Shows a publication's rollout, kernel build by kernel build. */
    @GetMapping("/{publication}")
    Rollout one(@PathVariable("publication") String publication) {
        return rollouts.find(Paging.clean("publication", publication)).orElseThrow(() -> Rollouts.absent(publication));
    }

    /** Lists the hosts of a rollout by name, and where each stands. */
    @GetMapping("/{publication}/hosts")
    Page<RolloutHost> hosts(
            @PathVariable("publication") String publication,
            @RequestParam(name = "state", defaultValue = "") String state,
            @RequestParam(name = "limit", defaultValue = Paging.DEFAULT_LIMIT) int limit,
            @RequestParam(name = "cursor", defaultValue = "") String cursor) {
        Paging.checkLimit(limit);
        one(publication);
        String position = cursor.isEmpty() ? " " : Paging.position(cursor);
        int space = position.indexOf(' ');
        if (space < 0) {
            throw Paging.badCursor();
        }
        return Paging.page(
                rollouts.hosts(
                        publication,
                        state(state),
                        position.substring(space + 1),
                        position.substring(0, space),
                        limit + 1),
                limit,
                host -> host,
                last -> Paging.cursor(
                        "%s%s %s".formatted(last.host(), last.bundle().hex(), last.hostname())));
    }

    /**
     * Says which hosts a lever would touch, and which CVEs it would leave or make open there; refuses what would be
     * refused. Changes nothing.
     */
    @Answers(problems = ProblemType.ROLLOUT_CONFLICT)
    @GetMapping("/{publication}/preview")
    Touched preview(
            @AuthenticationPrincipal Caller caller,
            @PathVariable("publication") String publication,
            @RequestParam(name = "lever", defaultValue = "") String lever) {
        one(publication);
        var meant = word("lever", lever, RolloutLever.values(), "Ask with ?lever=pause.");
        return preview.of(publication, levers.concerned(publication, meant, caller), meant);
    }

    private static @Nullable RolloutHostState state(String word) {
        return word.isEmpty() ? null : word("state", word, RolloutHostState.values(), "Ask with ?state=incident.");
    }

    private static <E extends Enum<E>> E word(String parameter, String word, E[] values, String remedy) {
        var words = Arrays.stream(values)
                .map(value -> value.name().toLowerCase(Locale.ROOT))
                .toList();
        int index = words.indexOf(word);
        if (index < 0) {
            throw Paging.bad(parameter, word, String.join(", ", words), remedy);
        }
        return values[index];
    }

    /** Chooses the plan of a rollout that has not begun, or of a publication that is still to come. */
    @Answers(problems = ProblemType.ROLLOUT_CONFLICT)
    @PutMapping(path = "/{publication}", consumes = MediaType.APPLICATION_JSON_VALUE)
    Rollout choose(
            @AuthenticationPrincipal Caller caller,
            @PathVariable("publication") String publication,
            @RequestBody RolloutPlanChoice choice) {
        String name = Paging.clean("publication", publication);
        if (!ManifestCodec.isPublication(name)) {
            throw Paging.bad(
                    "publication",
                    name,
                    "1 to 64 of A-Z a-z 0-9 . _ -",
                    "Give it the name that its bundles will have.");
        }
        levers.choose(name, choice.plan(), caller);
        return one(name);
    }

    /** Forgets the plan that was chosen for a publication that is still to come. */
    @Answers(problems = {ProblemType.NOT_FOUND, ProblemType.ROLLOUT_CONFLICT})
    @DeleteMapping("/{publication}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void forget(@PathVariable("publication") String publication) {
        levers.forget(Paging.clean("publication", publication));
    }

    /** Lets a rollout begin whose plan has it wait for another person than the one who has published. */
    @Answers(problems = {ProblemType.NOT_FOUND, ProblemType.ROLLOUT_CONFLICT})
    @PostMapping(path = "/{publication}/approval", consumes = MediaType.APPLICATION_JSON_VALUE)
    Rollout approve(
            @AuthenticationPrincipal Caller caller,
            @PathVariable("publication") String publication,
            @RequestBody RolloutOrder order) {
        levers.pull(Paging.clean("publication", publication), RolloutLever.APPROVE, caller, order.reason());
        return one(publication);
    }

    /** Has no further host handed the publication; those that were handed it go on. */
    @Answers(problems = {ProblemType.NOT_FOUND, ProblemType.ROLLOUT_CONFLICT})
    @PostMapping(path = "/{publication}/pause", consumes = MediaType.APPLICATION_JSON_VALUE)
    Rollout pause(
            @AuthenticationPrincipal Caller caller,
            @PathVariable("publication") String publication,
            @RequestBody RolloutOrder order) {
        levers.pull(Paging.clean("publication", publication), RolloutLever.PAUSE, caller, order.reason());
        return one(publication);
    }

    /**
     * Has a rollout go on: one that was aborted, else one that is paused, else one that has halted, else one that was
     * superseded. Unless that merely ends a pause, what has happened so far is excused, and a quarantine is lifted.
     */
    @Answers(problems = {ProblemType.NOT_FOUND, ProblemType.ROLLOUT_CONFLICT})
    @PostMapping(path = "/{publication}/resume", consumes = MediaType.APPLICATION_JSON_VALUE)
    Rollout resume(
            @AuthenticationPrincipal Caller caller,
            @PathVariable("publication") String publication,
            @RequestBody RolloutOrder order) {
        levers.pull(Paging.clean("publication", publication), RolloutLever.RESUME, caller, order.reason());
        return one(publication);
    }

    /** Ends a rollout: no further host is handed the publication, those that were keep it. */
    @Answers(problems = {ProblemType.NOT_FOUND, ProblemType.ROLLOUT_CONFLICT})
    @PostMapping(path = "/{publication}/abort", consumes = MediaType.APPLICATION_JSON_VALUE)
    Rollout abort(
            @AuthenticationPrincipal Caller caller,
            @PathVariable("publication") String publication,
            @RequestBody RolloutOrder order) {
        levers.pull(Paging.clean("publication", publication), RolloutLever.ABORT, caller, order.reason());
        return one(publication);
    }
}
