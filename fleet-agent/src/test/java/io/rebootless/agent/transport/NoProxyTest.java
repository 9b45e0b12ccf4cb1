package io.rebootless.agent.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NoProxyTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            patch.example                | https://patch.example          | true
            patch.example                | https://eu.patch.example       | true
            patch.example                | https://notpatch.example       | false
            PATCH.example                | https://patch.EXAMPLE:8443     | true
            patch.example                | https://patch.example.         | true
            .example                     | https://patch.example          | true
            .patch.example               | https://patch.example          | false
            *.example                    | https://patch.example          | true
            *                            | https://[2001:db8::1]          | true
            patch.example:8443           | https://patch.example:8443     | true
            patch.example:8443           | https://patch.example          | false
            patch.example:443            | https://patch.example          | true
            patch.example:80             | http://patch.example           | true
            *:8443                       | https://patch.example:8443     | true
            10.1.2.3                     | https://10.1.2.3               | true
            10.1.2.3                     | https://10.1.2.33              | false
            10.1.2.3:8443                | https://10.1.2.3               | false
            10.0.0.0/8                   | https://10.200.0.1             | true
            10.0.0.0/9                   | https://10.200.0.1             | false
            0.0.0.0/0                    | https://203.0.113.9            | true
            10.0.0.0/8                   | https://ten.example            | false
            ::1                          | https://[::1]:8443             | true
            [::1]                        | https://[0:0:0:0:0:0:0:1]      | true
            [::1]:8443                   | https://[::1]:8443             | true
            [::1]:8443                   | https://[::1]                  | false
            fd00::/8                     | https://[fd12:3456::1]         | true
            fd00::/8                     | https://[2001:db8::1]          | false
            ::/0                         | https://10.0.0.1               | false
            'a.example, patch.example'   | https://patch.example          | true
            'a.example patch.example,'   | https://patch.example          | true
            ''                           | https://patch.example          | false
            """)
    void whoIsReachedDirectly(String list, URI server, boolean direct) throws Exception {
        assertThat(NoProxy.of(list == null ? "" : list).covers(Origin.of(server)))
                .isEqualTo(direct);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.0/33",
                "10.0.0",
                "10.0.0.256",
                "::1/129",
                "patch.example:port",
                "a/8",
                "x:99999",
                "ex ample/"
            })
    void whatIsNotUnderstoodIsNamed(String list) {
        assertThatThrownBy(() -> NoProxy.of("good.example," + list))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is no name, .domain, address");
    }

    @Test
    void aVariableOfOtherProgramsIsUsedAsFarAsItIsUnderstood() throws Exception {
        var list = NoProxy.lenient("<local>,10.0.0.0/99,patch.example");
        assertThat(list.covers(Origin.of(URI.create("https://patch.example")))).isTrue();
        assertThat(list.covers(Origin.of(URI.create("https://10.0.0.1")))).isFalse();
    }
}
