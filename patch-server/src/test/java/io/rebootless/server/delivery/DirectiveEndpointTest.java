package io.rebootless.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DirectiveEndpointTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "-                           | 0",
                "wait=50                     | 50",
                "wait=10                     | 10",
                "respond-async, wait=7       | 7",
                "wait = \"9\"; x=y           | 9",
                "wait=999999999              | 50",
                "wait=99999999999999999999   | 0",
                "wait=-1                     | 0",
                "await=5                     | 0"
            })
    void patience_is_read_from_prefer_and_bounded(String prefer, int seconds) {
        assertThat(DirectiveEndpoint.waitSeconds(prefer)).isEqualTo(seconds);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-,-,true",
                "-,a/1,true",
                "a/1,-,false",
                "a/2,a/1,false",
                "a/2,a/2,false",
                "a/2,a/3,true",
                "a/2,b/1,true",
                "a/2,a/x,true"
            })
    void a_report_is_wanted_when_the_server_knows_less_than_the_host_believes(
            String stored, String acknowledged, boolean wanted) {
        assertThat(DirectiveEndpoint.reportWanted(stored, acknowledged)).isEqualTo(wanted);
    }
}
