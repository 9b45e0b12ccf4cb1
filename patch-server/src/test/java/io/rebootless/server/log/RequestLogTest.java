package io.rebootless.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestLogTest {
    @Test
    void a_clients_id_is_kept() {
        assertThat(RequestLog.id("9f2c-A_b.1")).isEqualTo("9f2c-A_b.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "two words", "line\nbreak", "{\"json\":1}", "ümlaut"})
    void an_id_that_could_upset_a_log_is_replaced(String given) {
        assertThat(RequestLog.id(given)).matches("[0-9a-f]{16}");
    }

    @Test
    void no_id_and_one_that_is_too_long_are_replaced_by_ever_new_ones() {
        assertThat(RequestLog.id(null)).isNotEqualTo(RequestLog.id(null));
        assertThat(RequestLog.id("a".repeat(65))).hasSize(16);
        assertThat(RequestLog.id("a".repeat(64))).hasSize(64);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rlak_", "rlek_", "rlht_"})
    void no_key_or_token_that_a_client_has_misplaced_is_logged(String prefix) {
        assertThat(RequestLog.word("/api/v1/hosts/%sabc-DEF_1/x".formatted(prefix)))
                .isEqualTo("/api/v1/hosts/%s*/x".formatted(prefix));
        assertThat(RequestLog.id(prefix + "abc-DEF_1")).matches("[0-9a-f]{16}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rlak%5FS3cret",
                "rlak%5fS3cret",
                "rlak%255FS3cret",
                "rlak%25%35FS3cret",
                "%72lak_S3cret",
                "rlak_%533cret",
                "RLAK_S3cret",
                "x%zzrlak%5FS3cret/%"
            })
    void neither_is_one_that_is_escaped_however_often(String secret) {
        assertThat(RequestLog.word("/api/v1/api-keys/" + secret)).doesNotContain("cret", "533");
        assertThat(Masked.secrets("No static resource " + secret)).doesNotContain("cret", "533");
    }

    @Test
    void what_is_no_escape_is_left_as_it_is() {
        assertThat(RequestLog.word("/a%20b%2fc%zz%4")).isEqualTo("/a?b/c%zz%4");
        assertThat(Masked.secrets("50%25 of it%")).isEqualTo("50%25 of it%");
    }

    @Test
    void nothing_that_a_client_writes_is_like_a_head_of_the_audit_log() {
        assertThat(RequestLog.word("/7:ab")).isEqualTo("/7?ab");
        assertThat(RequestLog.word("/7%3Aab%20audit")).isEqualTo("/7?ab?audit");
    }

    @Test
    void what_a_client_writes_stays_one_short_word() {
        assertThat(RequestLog.word("/a b\u001b[31m\u0085\n/ü")).isEqualTo("/a?b?[31m??/?");
        assertThat(RequestLog.word("/" + "a".repeat(500))).hasSize(201).endsWith("…");
    }
}
