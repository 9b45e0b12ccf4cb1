package io.rebootless.cli.patch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Logs as the builds of Debian's 6.1 print them. */
class BuildComplaintsTest {
    private static final String AROUND = """
            make: Entering directory '/usr/src/linux-headers-6.1.0-47-amd64'
              CC [M]  fix.o
            %s
            make[1]: *** [/usr/src/linux-headers-6.1.0-47-common/scripts/Makefile.build:250: fix.o] Error 1
            make: *** [/usr/src/linux-headers-6.1.0-47-common/Makefile:2002: modpost] Error 2
            """;

    @Test
    void a_symbol_that_is_not_exported_is_named_with_the_ways_round_it() {
        assertThat(BuildComplaints.in(
                        AROUND.formatted("ERROR: modpost: \"ip_options_fragment\" [fix_1.ko] undefined!")))
                .singleElement()
                .asString()
                .startsWith("ip_options_fragment is not exported")
                .contains("under another name", "kpatch-build", "klp-build", "prebuilt/");
    }

    @Test
    void a_symbol_for_free_modules_only_is_named_with_the_licence_to_state() {
        assertThat(BuildComplaints.in(AROUND.formatted("ERROR: modpost: GPL-incompatible module fix_1.ko uses GPL-only"
                        + " symbol 'klp_enable_patch'")))
                .singleElement()
                .asString()
                .contains("klp_enable_patch", "MODULE_LICENSE(\"GPL\")");
    }

    @Test
    void the_compilers_errors_stand_with_their_lines_and_without_what_make_adds() {
        assertThat(BuildComplaints.in(AROUND.formatted("""
                fix.c:10:2: error: implicit declaration of function 'foo' [-Werror=implicit-function-declaration]
                   10 |  foo();
                fix.c:3:10: fatal error: net/nowhere.h: No such file or directory""")))
                .containsExactly(
                        "fix.c:10:2: error: implicit declaration of function 'foo'"
                                + " [-Werror=implicit-function-declaration]",
                        "fix.c:3:10: fatal error: net/nowhere.h: No such file or directory");
    }

    @Test
    void of_a_log_that_says_nothing_known_the_end_is_shown() {
        assertThat(BuildComplaints.in("one\n\n".repeat(50) + "the last line\n"))
                .hasSize(20)
                .last()
                .isEqualTo("the last line");
    }
}
