package io.rebootless.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.server.settings.BadSettingException;
import io.rebootless.server.settings.Settings;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServer;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** Where a request comes from, as the web server sees it with these proxies named, asked from 127.0.0.1. */
class ProxiesTest {
    private static final String US = "http 127.0.0.1 asked.example";

    @Test
    void without_trusted_proxies_nobody_is_believed() throws Exception {
        assertThat(seen("", "X-Forwarded-For", "198.51.100.9", "X-Forwarded-Proto", "https"))
                .isEqualTo(US);
        assertThat(seen("", "Forwarded", "for=198.51.100.9;proto=https;host=evil.example"))
                .isEqualTo(US);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/8", "192.168.0.1,172.16.0.0/12", "127.0.0.2", "127.0.0.2/31", "::1"})
    void an_untrusted_peer_has_no_say(String trusted) throws Exception {
        assertThat(seen(
                        trusted,
                        "X-Forwarded-For",
                        "198.51.100.9",
                        "X-Forwarded-Proto",
                        "https",
                        "X-Forwarded-Host",
                        "evil.example"))
                .isEqualTo(US);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.0.0.0/8", "10.0.0.0/8, 127.0.0.1", "127.0.0.0/31"})
    void a_trusted_proxy_says_who_asks_how_and_for_what(String trusted) throws Exception {
        assertThat(seen(
                        trusted,
                        "X-Forwarded-For",
                        "198.51.100.9",
                        "X-Forwarded-Proto",
                        "https",
                        "X-Forwarded-Host",
                        "patches.example"))
                .isEqualTo("https 198.51.100.9 patches.example");
    }

    @Test
    void what_a_client_has_put_there_itself_stays_behind_its_own_address() throws Exception {
        assertThat(seen("127.0.0.1", "X-Forwarded-For", "10.9.9.9, 203.0.113.5, 198.51.100.9"))
                .isEqualTo("http 198.51.100.9 asked.example");
        assertThat(seen("127.0.0.1,198.51.100.0/24", "X-Forwarded-For", "10.9.9.9, 203.0.113.5, 198.51.100.9"))
                .as("through two trusted proxies")
                .isEqualTo("http 203.0.113.5 asked.example");
    }

    @Test
    void the_forwarded_header_is_believed_from_nobody() throws Exception {
        assertThat(seen("127.0.0.1", "Forwarded", "for=198.51.100.9;proto=https;host=evil.example"))
                .isEqualTo(US);
    }

    @ParameterizedTest
    @ValueSource(strings = {"proxy.example", "10.0.0.0/33", "::1/129", "10.0.0", "*", ".*", "10.0.0.0/8;::1"})
    void what_is_no_network_ends_the_start(String wrong) {
        assertThatThrownBy(() -> settings(wrong))
                .isInstanceOf(BindException.class)
                .hasRootCauseInstanceOf(BadSettingException.class)
                .rootCause()
                .hasMessageContaining("rebootless.proxy.trusted contains");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "server.forward-headers-strategy=native",
                "server.forward-headers-strategy=framework",
                "server.tomcat.remoteip.protocol-header=x-forwarded-proto"
            })
    void spring_boots_wider_ways_are_refused(String setting) {
        int equals = setting.indexOf('=');
        var environment = environment(Map.of(setting.substring(0, equals), setting.substring(equals + 1)));
        assertThatThrownBy(() -> new Proxies().trustedProxies(settings(""), environment))
                .isInstanceOf(BadSettingException.class);
    }

    @Test
    void plain_http_is_for_this_machine_unless_an_address_is_set() {
        var factory = new TomcatServletWebServerFactory();
        new TlsConfiguration().https(new TlsStatus.Off(true)).customize(factory);
        assertThat(factory.getAddress()).isEqualTo(InetAddress.getLoopbackAddress());
        assertThat(new TlsStatus.Off(true).describe()).contains("loopback");

        var open = new TomcatServletWebServerFactory();
        new TlsConfiguration().https(new TlsStatus.Off(false)).customize(open);
        assertThat(open.getAddress()).isNull();
        assertThat(new TlsStatus.Off(false).describe()).contains("in the clear");
    }

    private static Environment environment(Map<String, Object> properties) {
        var environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
        return environment;
    }

    private static Settings settings(String trusted) {
        return new Binder(new MapConfigurationPropertySource(Map.of("rebootless.proxy.trusted", trusted)))
                .bindOrCreate("rebootless", Settings.class);
    }

    private static String seen(String trusted, String... headers) throws Exception {
        var factory = new TomcatServletWebServerFactory(0);
        factory.setAddress(InetAddress.getByName("127.0.0.1"));
        new Proxies().trustedProxies(settings(trusted), environment(Map.of())).customize(factory);
        WebServer server = factory.getWebServer(
                context -> context.addServlet("echo", new Echo()).addMapping("/"));
        server.start();
        try {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.getPort() + "/"))
                    .timeout(Duration.ofSeconds(20))
                    .headers(headers)
                    .build();
            return HttpClient.newHttpClient()
                    .send(request, BodyHandlers.ofString())
                    .body();
        } finally {
            server.stop();
        }
    }

    /** Says what it sees; the name asked for is replaced, for it has the port's number. */
    private static final class Echo extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            String name = request.getServerName().equals("127.0.0.1") ? "asked.example" : request.getServerName();
            response.getWriter().print(request.getScheme() + " " + request.getRemoteAddr() + " " + name);
        }
    }
}
