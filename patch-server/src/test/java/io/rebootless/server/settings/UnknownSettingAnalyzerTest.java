package io.rebootless.server.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.rebootless.server.testing.TestServer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.diagnostics.FailureAnalysis;

class UnknownSettingAnalyzerTest {
    @TempDir
    Path data;

    @Test
    void a_setting_that_there_is_none_of_is_named() {
        assertThat(analysis("--rebootless.tls.nmaes=patches.example").getDescription())
                .isEqualTo("rebootless.tls.nmaes: there is no such setting");
    }

    @Test
    void a_value_of_another_kind_is_named_with_its_setting() {
        assertThat(analysis("--rebootless.fleet.poll-seconds=often").getDescription())
                .isEqualTo("rebootless.fleet.poll-seconds cannot be \"often\"");
    }

    private FailureAnalysis analysis(String setting) {
        Throwable failure =
                catchThrowable(() -> TestServer.start(data, List.of(setting)).close());
        assertThat(failure).isNotNull();
        FailureAnalysis analysis = new UnknownSettingAnalyzer().analyze(failure);
        assertThat(analysis).isNotNull();
        assertThat(analysis.getAction()).contains("docs/server.md");
        return analysis;
    }
}
