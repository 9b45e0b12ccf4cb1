package io.rebootless.server;

import io.rebootless.server.settings.Settings;
import io.rebootless.server.storage.DataDirectory;
import io.rebootless.server.tls.TlsStatus;
import java.nio.file.Files;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Says once, when the server takes requests, what an operator needs to begin. */
@Component
final class StartupNotice {
    private static final Logger LOG = LoggerFactory.getLogger(StartupNotice.class);

    private final Environment environment;
    private final TlsStatus tls;
    private final DataDirectory data;
    private final Settings settings;

    StartupNotice(Environment environment, TlsStatus tls, DataDirectory data, Settings settings) {
        this.environment = environment;
        this.tls = tls;
        this.data = data;
        this.settings = settings;
    }

    @EventListener(ApplicationReadyEvent.class)
    void ready() {
        LOG.info(
                "ready at {}://{}:{} ({}); data in {}; admin key in {}; publishers in {}",
                tls.https() ? "https" : "http",
                settings.tls().names().isEmpty()
                        ? "localhost"
                        : settings.tls().names().get(0),
                environment.getProperty("local.server.port"),
                tls.describe(),
                data.root(),
                Files.exists(data.adminKey()) ? data.adminKey() : "another server's data directory",
                settings.trustDirectory().toAbsolutePath());
    }
}
