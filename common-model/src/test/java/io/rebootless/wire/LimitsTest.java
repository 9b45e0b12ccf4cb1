package io.rebootless.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LimitsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "a\nweb-2: protected",
                "a\tb",
                "a\rb",
                "a\u001b[2Jb",
                "a\u0000",
                "a\ud800",
                "12345678901"
            })
    void a_text_is_one_line_that_a_terminal_shows_as_it_is(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Limits.text("name", text, 10))
                .withMessageStartingWith("name: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\rb", "a\u001b[2Jb", "a\u0000", "\n"})
    void several_lines_may_have_no_more_than_their_ends(String text) {
        assertThat(Limits.lines("stack", "a\n\tb", 10)).isEqualTo("a\n\tb");
        assertThatIllegalArgumentException().isThrownBy(() -> Limits.lines("stack", text, 10));
    }

    @Test
    void a_failure_forges_no_line_of_another_host() {
        var failure = new Failure("fetch\nfailed", "no route\nweb-2: protected");
        assertThat(failure).isEqualTo(new Failure("fetch failed", "no route web-2: protected"));
    }
}
