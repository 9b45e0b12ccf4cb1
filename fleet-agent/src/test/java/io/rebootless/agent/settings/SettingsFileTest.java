package io.rebootless.agent.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.agent.transport.Origin;
import io.rebootless.agent.transport.Proxy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsFileTest {
    @TempDir
    private Path directory;

    private SettingsFile file(String text) throws IOException {
        Path file = directory.resolve("agent.properties");
        Files.writeString(file, text);
        return new SettingsFile(file);
    }

    @Test
    void withoutAFileTheDefaultsHold() throws Exception {
        var settings = new SettingsFile(directory.resolve("none")).read();
        assertThat(settings.server()).isEmpty();
        assertThat(settings.trustDirectory()).isEqualTo(Path.of("/etc/rebootless/trust.d"));
        assertThat(settings.stateDirectory()).isEqualTo(Path.of("/var/lib/rebootless"));
        assertThat(settings.transitionDeadline()).isEqualTo(Duration.ofSeconds(90));
        assertThat(settings.soak()).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.probes())
                .isEqualTo(new ProbeSettings(
                        Path.of("/etc/rebootless/probes.d"), Duration.ofSeconds(10), Duration.ofSeconds(30)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://user:hunter2@patch.example",
                "https://user:hunter2@patch.example",
                "https://user:hunter2@[bad",
                "https://user:hunter2@patch example",
                "https://us er:p@hunter2@patch.example",
                "ftp://hunter2@patch.example",
                "user:hunter2@patch.example",
                "http://user:hun/ter2://hunter2@patch.example"
            })
    void aPasswordInTheServersAddressIsNotRepeated(String address) {
        for (boolean allowHttp : new boolean[] {false, true}) {
            assertThatThrownBy(() -> Settings.serverUri(address, allowHttp))
                    .isInstanceOf(SettingsException.class)
                    .hasMessageContaining("rite https://")
                    .message()
                    .doesNotContainPattern("hunter2|user:|us er|ter2")
                    .matches(words -> words.contains("patch") || words.contains("[bad"));
        }
    }

    @Test
    void pathsAreSeenFromTheFile() throws Exception {
        var settings = file("server=https://patch.example:8443\nca=ca.pem\ntrust.directory=trust\n")
                .read();
        assertThat(settings.server()).contains(URI.create("https://patch.example:8443"));
        assertThat(settings.ca()).contains(directory.resolve("ca.pem"));
        assertThat(settings.trustDirectory()).isEqualTo(directory.resolve("trust"));
    }

    @Test
    void aProxyIsOnTheWayToTheServerUnlessItIsExempt() throws Exception {
        var settings =
                file("proxy=http://proxy.example:3128\nproxy.credentials.file=secret\nno.proxy=.local, 10.0.0.0/8\n")
                        .read()
                        .proxy();
        var proxy = new Proxy("proxy.example", 3128, Optional.of(directory.resolve("secret")));
        var routes = settings.routes(Map.of("HTTPS_PROXY", "http://other.example:1"));
        assertThat(routes.to(Origin.of(URI.create("https://patch.example:8443"))))
                .contains(proxy);
        assertThat(routes.to(Origin.of(URI.create("https://patch.local")))).isEmpty();
        assertThat(routes.to(Origin.of(URI.create("https://10.9.8.7")))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            trsut.directory=x           | "trsut.directory" is not a setting
            trust.threshold=2           | Write the number into the file "threshold" in the trust directory (/etc/rebootless/trust.d)
            transition.seconds=two      | not "two"
            transition.seconds=5        | from 60 to 86400
            soak.seconds=-1             | from 0 to 86400
            soak.seconds=86401          | from 0 to 86400
            probe.interval.seconds=0    | from 1 to 3600
            probe.timeout.seconds=0     | from 1 to 3600
            loader=insmod               | loader is module or direct, not "insmod"
            allow.http=yes              | allow.http is true or false
            server=http://patch.example | is not encrypted
            server=patch.example        | write https://HOST
            server=ftp://patch.example  | write https://HOST
            server=https://             | write https://HOST
            server=https://u:p@h        | has no user
            proxy=https://proxy:3128    | which is no proxy's address; write http://HOST:PORT
            proxy=http://u:p@proxy:3128 | put USER:PASSWORD into a file of mode 0600 that proxy.credentials.file names
            no.proxy=a.example,10.0.0/8 | no.proxy: "10.0.0/8" is no name, .domain, address
            """)
    void whatIsWrongIsNamed(String line, String words) throws IOException {
        var file = file(line + "\n");
        assertThatThrownBy(file::read)
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining(words)
                .hasMessageContaining("agent.properties")
                .hasMessageNotContaining("u:p");
    }

    @Test
    void soakAndProbesAreSet() throws Exception {
        var settings =
                file("soak.seconds=0\nprobes.directory=probes\nprobe.interval.seconds=5\nprobe.timeout.seconds=7\n")
                        .read();
        assertThat(settings.soak()).isZero();
        assertThat(settings.probes())
                .isEqualTo(
                        new ProbeSettings(directory.resolve("probes"), Duration.ofSeconds(5), Duration.ofSeconds(7)));
    }

    @Test
    void httpIsForLaboratories() throws Exception {
        assertThat(file("allow.http=true\nserver=http://127.0.0.1:8080\n")
                        .read()
                        .server())
                .isPresent();
    }

    @Test
    void settingALineKeepsTheOthers() throws Exception {
        var file = file("# mine\nserver=https://old.example\n\ntransition.seconds = 120\n");
        file.set(Map.of("server", "https://new.example", "ca", "/etc/ca.pem"));

        assertThat(file.path())
                .content()
                .isEqualTo("# mine\nserver=https://new.example\n\ntransition.seconds = 120\nca=/etc/ca.pem\n");
        assertThat(file.read().transitionDeadline()).isEqualTo(Duration.ofMinutes(2));
    }
}
