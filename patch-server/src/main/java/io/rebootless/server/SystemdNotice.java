package io.rebootless.server;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Tells systemd, where it has started the server and asks for it ({@code Type=notify}), that requests are taken. By
 * systemd's own program: Java has no datagram sockets of the kind that it listens on.
 */
@Component
@ConditionalOnProperty("NOTIFY_SOCKET")
final class SystemdNotice {
    private static final Logger LOG = LoggerFactory.getLogger(SystemdNotice.class);
    private static final int PATIENCE_SECONDS = 30;

    @EventListener(ApplicationReadyEvent.class)
    void ready() throws InterruptedException {
        try {
            var process =
                    new ProcessBuilder("systemd-notify", "--ready").inheritIO().start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroy();
                LOG.warn("systemd has not taken note that the server is ready");
            }
        } catch (IOException e) {
            LOG.warn("systemd cannot be told that the server is ready: {}", e.getMessage());
        }
    }
}
