package io.rebootless.server.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** A server that runs for years renews its certificate, and in the end its authority, without a restart. */
@Component
final class Succession {
    private static final Logger LOG = LoggerFactory.getLogger(Succession.class);

    private final Authorities authorities;

    Succession(Authorities authorities) {
        this.authorities = authorities;
    }

    @Scheduled(initialDelay = 1, fixedDelay = 1, timeUnit = TimeUnit.DAYS)
    void renew() {
        try {
            authorities.renew();
        } catch (IOException | GeneralSecurityException | DataAccessException | TransactionException e) {
            LOG.error("the server's certificate could not be renewed", e);
        }
    }

    @Scheduled(initialDelay = 1, fixedDelay = 1, timeUnit = TimeUnit.MINUTES)
    void look() {
        try {
            authorities.look();
        } catch (IOException | GeneralSecurityException | DataAccessException | TransactionException e) {
            LOG.error("the succession of the server's authority has come to a halt: {}", e.getMessage());
        }
    }
}
