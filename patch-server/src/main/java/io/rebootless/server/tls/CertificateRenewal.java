package io.rebootless.server.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** A server that runs for years renews its certificate on the way, without a restart. */
@Component
final class CertificateRenewal {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateRenewal.class);

    private final TlsStatus status;
    private final SslBundleRegistry registry;

    CertificateRenewal(TlsStatus status, SslBundleRegistry registry) {
        this.status = status;
        this.registry = registry;
    }

    @Scheduled(initialDelay = 1, fixedDelay = 1, timeUnit = TimeUnit.DAYS)
    void renew() {
        if (status instanceof TlsStatus.OwnAuthority own) {
            try {
                if (own.files().renew()) {
                    registry.updateBundle(TlsConfiguration.BUNDLE, own.files().bundle());
                    LOG.info("the server's certificate was renewed");
                }
            } catch (IOException | GeneralSecurityException e) {
                LOG.error("the server's certificate could not be renewed", e);
            }
        }
    }
}
