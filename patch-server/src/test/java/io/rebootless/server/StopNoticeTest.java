package io.rebootless.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StopNoticeTest {
    private static final String HOOK = "SpringApplicationShutdownHook";

    @Test
    void a_signal_is_named_where_the_jvm_tells_it() {
        assertThat(StopNotice.why(HOOK, Stream.of("main", "SIGTERM handler")))
                .isEqualTo("the process was sent SIGTERM");
        assertThat(StopNotice.why(HOOK, Stream.of("main", HOOK))).isEqualTo("the process was told to end");
        assertThat(StopNotice.why("main", Stream.of("SIGTERM handler"))).isEqualTo("the program itself ends it");
    }
}
