package io.rebootless.server.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.server.problem.KnownProblems.Kind;
import io.rebootless.server.testing.CheckedIn;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/problems.md lists every problem, and only those. */
class ProblemsPageTest {
    private static final String INTRODUCTION = """
            # Problems

            Every error that the server answers is a problem (RFC 9457): `application/problem+json` with `type`, `title`,
            `status`, `detail` and, where there is more to say, what was `expected`, what was `found` and the `remedy`.
            `type` is `urn:rebootless:problem:` and one of the names below. A name never changes its meaning and is never
            used again for something else; programs go by it, not by the words.

            This page is generated from the code and compared by a test: `make api-docs` rewrites it. [api.md](api.md) says
            how to talk to the server.

            ## The server's own

            | name | status | title | what to do |
            |---|---:|---|---|
            """;

    private static final String REFUSALS = """

            ## Refusals of a bundle

            What is wrong with an uploaded file. The names are those of [the bundle format](bundle-format.md); agents and
            the kernel module refuse with the same ones, some of which only they have reason to use.

            | name | status | what to do |
            |---|---:|---|
            """;

    @Test
    void the_page_is_what_the_code_says() throws IOException {
        var own = KnownProblems.own().stream()
                .sorted(Comparator.comparing(
                                (Kind kind) -> kind.statuses().iterator().next())
                        .thenComparing(Kind::name))
                .map(kind -> row("`" + kind.name() + "`", statuses(kind), kind.title(), whatToDo(kind)))
                .collect(Collectors.joining());
        var refusals = KnownProblems.refusals().stream()
                .map(kind -> row("`" + kind.name() + "`", statuses(kind), whatToDo(kind)))
                .collect(Collectors.joining());
        CheckedIn.compare("problems.md", INTRODUCTION + own + REFUSALS + refusals);
    }

    @Test
    void every_name_is_used_once_and_of_one_form() {
        var names = Stream.concat(KnownProblems.own().stream(), KnownProblems.refusals().stream())
                .map(Kind::name)
                .toList();
        assertThat(names).doesNotHaveDuplicates().allMatch(name -> name.matches("[a-z]+(-[a-z]+)*"));
    }

    private static String row(String... cells) {
        return "| " + String.join(" | ", List.of(cells)) + " |\n";
    }

    private static String statuses(Kind kind) {
        return kind.statuses().stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private static String whatToDo(Kind kind) {
        return kind.remedy().isEmpty() ? "As the answer's `remedy` says." : kind.remedy();
    }
}
