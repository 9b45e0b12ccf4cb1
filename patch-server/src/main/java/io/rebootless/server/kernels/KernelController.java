package io.rebootless.server.kernels;

import io.rebootless.bundle.Cve;
import io.rebootless.kernel.BuildId;
import io.rebootless.server.access.Caller;
import io.rebootless.server.catalog.Catalog;
import io.rebootless.server.fleet.Fleet;
import io.rebootless.server.problem.Answers;
import io.rebootless.server.problem.Paging;
import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.wire.KernelCoverage;
import io.rebootless.wire.NotAffected;
import io.rebootless.wire.NotAffectedRequest;
import io.rebootless.wire.Page;
import java.time.Clock;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Kernel builds: which are known, whether they are covered, and what publishers state about them. */
@RestController
@RequestMapping(path = "/api/v1/kernels", produces = MediaType.APPLICATION_JSON_VALUE)
final class KernelController {
    private final Catalog catalog;
    private final Fleet fleet;
    private final Statements statements;
    private final Clock clock;

    KernelController(Catalog catalog, Fleet fleet, Statements statements, Clock clock) {
        this.catalog = catalog;
        this.fleet = fleet;
        this.statements = statements;
        this.clock = clock;
    }

    /** Lists every kernel build known from bundles or hosts, in order of release, then build-id. */
    @GetMapping
    Page<KernelCoverage> list(
            @RequestParam(name = "release", defaultValue = "") String release,
            @RequestParam(name = "missing", defaultValue = "false") boolean missing,
            @RequestParam(name = "limit", defaultValue = Paging.DEFAULT_LIMIT) int limit,
            @RequestParam(name = "cursor", defaultValue = "") String cursor) {
        Paging.checkLimit(limit);
        String after = cursor.isEmpty() ? "" : Paging.position(cursor);
        var found = CoverageRule.of(catalog.snapshot(), fleet.kernels()).stream()
                .filter(one -> release.isEmpty() || one.kernel().release().equals(release))
                .filter(one -> !missing || !one.covered())
                .filter(one -> CoverageRule.place(one.kernel()).compareTo(after) > 0)
                .limit(limit + 1L)
                .toList();
        return Paging.page(found, limit, one -> one, last -> Paging.cursor(CoverageRule.place(last.kernel())));
    }

    /** Says whether a kernel build is covered, whether or not a host runs it. */
    @GetMapping("/{buildId}")
    KernelCoverage one(@PathVariable("buildId") String buildId) {
        return known(parse(buildId));
    }

    /** Lists the CVEs that do not concern a kernel build, as publishers have stated: all of them in one part. */
    @GetMapping("/{buildId}/statements")
    Page<NotAffected> statements(@PathVariable("buildId") String buildId) {
        return new Page<>(statements.of(known(parse(buildId)).kernel().buildId()), null);
    }

    /** States that a CVE does not concern a kernel build that the server knows. */
    @Answers(problems = ProblemType.NOT_FOUND)
    @PostMapping(path = "/{buildId}/statements", consumes = MediaType.APPLICATION_JSON_VALUE)
    NotAffected state(
            @AuthenticationPrincipal Caller caller,
            @PathVariable("buildId") String buildId,
            @RequestBody NotAffectedRequest request) {
        // Only of a build that is known: a mistyped build-id must not stay a promise that nobody sees.
        BuildId build = known(parse(buildId)).kernel().buildId();
        return statements.state(
                new NotAffected(build, request.cve(), request.reason(), caller.name(), clock.instant()));
    }

    /** Takes such a statement back. */
    @DeleteMapping("/{buildId}/statements/{cve}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void retract(@PathVariable("buildId") String buildId, @PathVariable("cve") String cve) {
        if (!Cve.isId(cve) || !statements.retract(parse(buildId), cve)) {
            throw ProblemType.NOT_FOUND.because("Nothing is stated about %s and this kernel build."
                    .formatted(Paging.clean("cve", Paging.brief(cve))));
        }
    }

    private KernelCoverage known(BuildId buildId) {
        var snapshot = catalog.snapshot();
        return CoverageRule.find(CoverageRule.of(snapshot, fleet.kernels()), buildId, snapshot)
                .orElseThrow(() -> unknown(buildId));
    }

    private static ProblemException unknown(BuildId buildId) {
        return ProblemType.NOT_FOUND.because(
                "No bundle was ever published for kernel build %s, and no host runs it.".formatted(buildId),
                "Compare the build-id with `rebootless kernel inspect --running`, or publish a bundle for it.");
    }

    private static BuildId parse(String buildId) {
        try {
            return new BuildId(buildId);
        } catch (IllegalArgumentException e) {
            throw ProblemType.NOT_FOUND.because("There is no kernel build of this name: " + e.getMessage());
        }
    }
}
