package io.rebootless.server.kernels;

import io.rebootless.kernel.BuildId;
import io.rebootless.server.catalog.Catalog;
import io.rebootless.server.problem.Answers;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.BuildCoverage;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What a host may ask before it has a token. Answered from memory, and from the catalogue alone: nothing of hosts. */
@RestController
final class CoverageController {
    private final Catalog catalog;
    private final QuestionLimit limit = new QuestionLimit(System::nanoTime);

    CoverageController(Catalog catalog) {
        this.catalog = catalog;
    }

    /**
     * Says, without a key, whether a bundle is published for a kernel build.
     *
     * @param buildId its GNU build-id, in lower-case hexadecimal
     */
    @Answers(problems = ProblemType.TOO_MANY_QUESTIONS)
    @GetMapping(path = AgentProtocol.COVERAGE, produces = MediaType.APPLICATION_JSON_VALUE)
    BuildCoverage coverage(@RequestParam("buildId") String buildId, HttpServletRequest from) {
        limit.admit(from.getRemoteAddr());
        return CoverageRule.published(parse(buildId), catalog.snapshot());
    }

    private static BuildId parse(String buildId) {
        try {
            return new BuildId(buildId);
        } catch (IllegalArgumentException e) {
            throw ProblemType.BAD_PARAMETER.because(
                    "buildId: " + e.getMessage(), "`rebootless kernel inspect --running` shows a host's.");
        }
    }
}
