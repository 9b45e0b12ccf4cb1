package io.rebootless.server.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.rebootless.server.PatchServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;

/** A server that could not listen ends before it has made anything. */
class ListeningPortTest {
    @TempDir
    Path temporary;

    private Path data() {
        return temporary.resolve("data");
    }

    private BadSettingException refusal(String... settings) {
        var application = new SpringApplication(PatchServer.class);
        application.setDefaultProperties(
                java.util.Map.of("rebootless.data", data().toString(), "logging.config", "classpath:logback-test.xml"));
        var failure = catchThrowable(() -> application.run(settings).close());
        assertThat(data()).doesNotExist();
        while (failure != null && !(failure instanceof BadSettingException)) {
            failure = failure.getCause();
        }
        assertThat(failure).isInstanceOf(BadSettingException.class);
        return (BadSettingException) failure;
    }

    @ParameterizedTest
    @ValueSource(strings = {"99999", "-1", "abc", "", "1,2"})
    void a_port_that_is_none_is_named_with_what_it_may_be(String port) {
        var refusal = refusal("--server.port=" + port);
        assertThat(refusal).hasMessage("server.port is \"%s\"", port);
        assertThat(refusal.remedy()).isEqualTo("Set it to a number from 1 to 65535, or to 0 for a free port.");
    }

    @Test
    void a_port_that_another_program_has_is_named() throws IOException {
        try (var other = new ServerSocket(0)) {
            assertThat(refusal("--server.port=" + other.getLocalPort()))
                    .hasMessageStartingWith(
                            "server.port is %d, where the server cannot listen: ", other.getLocalPort());
        }
    }

    @Test
    void without_tls_only_the_loopback_interface_is_looked_at_where_the_server_would_listen() throws IOException {
        try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(refusal("--rebootless.tls.mode=off", "--server.port=" + other.getLocalPort()))
                    .hasMessageContaining("where the server cannot listen");
        }
        try (var proxy = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.2"))) {
            assertThat(refusal(
                            "--rebootless.tls.mode=off",
                            "--server.port=" + proxy.getLocalPort(),
                            "--rebootless.trust.threshold=99"))
                    .as("the port is none to refuse, and what is looked at next is")
                    .hasMessage("rebootless.trust.threshold is 99");
        }
    }

    @Test
    void an_address_that_is_none_is_named() {
        assertThat(refusal("--server.address=not an address", "--server.port=9443"))
                .hasMessage("server.address cannot be \"not an address\"");
    }
}
