package io.rebootless.agent.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxySettingsTest {
    private static final Map<String, String> ENVIRONMENT = Map.of(
            "HTTPS_PROXY",
            "http://env.example:3128/",
            "http_proxy",
            "plain.example:8080",
            "NO_PROXY",
            "direct.example");

    @TempDir
    private Path directory;

    private static ProxySettings set(String proxy) {
        return new ProxySettings(Optional.of(proxy), Optional.empty(), Optional.empty());
    }

    private static String way(ProxySettings settings, Map<String, String> environment, String server) {
        try {
            return settings.routes(environment)
                    .to(Origin.of(URI.create(server)))
                    .map(Proxy::toString)
                    .orElse("direct");
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Test
    void theSettingComesBeforeTheEnvironmentWithItsNoProxy() {
        var settings = set("http://proxy.example:3128");
        assertThat(way(settings, ENVIRONMENT, "https://patch.example")).isEqualTo("http://proxy.example:3128");
        assertThat(way(settings, ENVIRONMENT, "http://patch.example")).isEqualTo("http://proxy.example:3128");
        assertThat(way(settings, ENVIRONMENT, "https://direct.example")).isEqualTo("http://proxy.example:3128");
        assertThat(way(set("none"), ENVIRONMENT, "https://patch.example")).isEqualTo("direct");
        assertThat(way(set("http://[::1]:3128"), Map.of(), "https://patch.example"))
                .isEqualTo("http://[::1]:3128");
    }

    @Test
    void theEnvironmentSpeaksWhereTheSettingsAreSilent() {
        assertThat(way(ProxySettings.UNSET, ENVIRONMENT, "https://patch.example"))
                .isEqualTo("http://env.example:3128");
        assertThat(way(ProxySettings.UNSET, ENVIRONMENT, "http://patch.example"))
                .isEqualTo("http://plain.example:8080");
        assertThat(way(ProxySettings.UNSET, ENVIRONMENT, "https://direct.example"))
                .isEqualTo("direct");
        assertThat(way(ProxySettings.UNSET, Map.of(), "https://patch.example")).isEqualTo("direct");
        assertThat(way(ProxySettings.UNSET, Map.of("HTTP_PROXY", "http://evil.example:1"), "http://patch.example"))
                .as("a request header of a web server's may have set it")
                .isEqualTo("direct");
        var lower = Map.of("https_proxy", "http://lower.example:1", "HTTPS_PROXY", "http://upper.example:1");
        assertThat(way(ProxySettings.UNSET, lower, "https://patch.example")).isEqualTo("http://lower.example:1");
    }

    @Test
    void whatTheEnvironmentSaysCanBeWrittenDownForAServiceThatDoesNotSeeIt() throws Exception {
        var written = ProxySettings.UNSET.spelledOut(Origin.of(URI.create("https://patch.example")), ENVIRONMENT);
        assertThat(written.proxy()).contains("http://env.example:3128");
        assertThat(written.except()).contains("direct.example");
        assertThat(set("none").spelledOut(Origin.of(URI.create("https://patch.example")), ENVIRONMENT))
                .isEqualTo(set("none"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://proxy.example:443", "socks5://proxy.example:1080", "proxy.example", "http://proxy.example",
                "http://proxy.example:0", "http://proxy.example:70000", "http://proxy.example:3128/path",
                        "http://:3128",
                "not a proxy"
            })
    void whatIsNoProxyIsSaid(String text) {
        assertThatThrownBy(() -> set(text).routes(Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("http://HOST:PORT");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://user:hunter2@proxy.example:3128",
                "user:hunter2@proxy.example:3128",
                "http://u:hunter2@[bad"
            })
    void aPasswordInAnAddressIsRefusedAndNotRepeated(String text) {
        assertThatThrownBy(() -> set(text).routes(Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("proxy ")
                .hasMessageNotContaining("hunter2")
                .hasNoCause();
        assertThatThrownBy(() -> ProxySettings.UNSET.routes(Map.of("HTTPS_PROXY", text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("HTTPS_PROXY ")
                .hasMessageNotContaining("hunter2")
                .hasNoCause();
    }

    @ParameterizedTest
    @CsvSource({
        "https_proxy, https://patch.example",
        "HTTPS_PROXY, https://patch.example",
        "http_proxy, http://patch.example"
    })
    void whatIsWrongWithAVariableIsSaidByItsOwnName(String variable, String server) {
        var environment = Map.of(variable, "socks5://proxy.example:1080");
        assertThatThrownBy(() -> ProxySettings.UNSET.routes(environment))
                .hasMessageStartingWith(variable + " is \"socks5:");
        assertThatThrownBy(() -> ProxySettings.UNSET.spelledOut(Origin.of(URI.create(server)), environment))
                .hasMessageStartingWith(variable + " is \"socks5:");
    }

    @Test
    void credentialsAreForTheirOwnerAlone() throws IOException {
        Path file = Files.writeString(directory.resolve("credentials"), "user:se:same\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> Proxy.readCredentials(file))
                .hasMessageContaining("others may read it: chmod 600 " + file)
                .hasMessageNotContaining("same");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThat(Proxy.readCredentials(file)).asString().isEqualTo("user:se:same");

        Files.writeString(file, "no colon");
        assertThatThrownBy(() -> Proxy.readCredentials(file))
                .hasMessageContaining("USER:PASSWORD")
                .hasMessageNotContaining("no colon");
        Files.writeString(file, "user:a\nProxy-Evil: b");
        assertThatThrownBy(() -> Proxy.readCredentials(file)).hasMessageContaining("USER:PASSWORD");
        Files.writeString(file, "u:" + "x".repeat(2000));
        assertThatThrownBy(() -> Proxy.readCredentials(file)).hasMessageContaining("USER:PASSWORD");
        assertThatThrownBy(() -> Proxy.readCredentials(directory.resolve("none")))
                .hasMessageContaining("is not there");
        assertThatThrownBy(() -> Proxy.readCredentials(directory)).hasMessageContaining("is no file");
    }
}
