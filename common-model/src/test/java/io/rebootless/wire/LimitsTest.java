package io.rebootless.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
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

    @ParameterizedTest
    @ValueSource(strings = {"rlak_0123456789abcdef", "web rlek_0123456789abcdef-_ZZ", "x-rlht_0123456789ABCDEFG"})
    void a_name_or_reason_is_no_place_for_a_key_and_the_refusal_does_not_repeat_it(String text) {
        for (ThrowingCallable check : List.<ThrowingCallable>of(
                () -> Limits.name("name", text, 100), () -> Limits.reason("name", text, 100))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(check)
                    .withMessageStartingWith("name: ")
                    .withMessageNotContaining("0123456789");
        }
        assertThat(Limits.text("key", text, 100)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rlht_", "the rlak_ keys", "rlht_short", "url_0123456789abcdef"})
    void what_only_speaks_of_keys_is_taken(String text) {
        assertThat(Limits.name("name", text, 100)).isEqualTo(text);
    }
}
