package io.rebootless.server.tls;

import io.rebootless.server.tls.CertificateFiles.Content;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.security.cert.X509Certificate;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Takes up a certificate that was replaced in its files, for new connections; those that are open go on. It looks at the
 * content, which links and renames do not hide, and believes what it has seen twice: the two files change one after the
 * other. What is broken is said once and not used.
 */
@Component
final class CertificateWatch implements SmartInitializingSingleton {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);

    private final TlsStatus status;
    private final SslBundleRegistry registry;
    private final AuthorityRegister register;
    private final AtomicReference<@Nullable X509Certificate> shown = new AtomicReference<>();
    private @Nullable Content inUse;
    private @Nullable Content seen;
    private String said = "";

    CertificateWatch(TlsStatus status, SslBundleRegistry registry, AuthorityRegister register) {
        this.status = status;
        this.registry = registry;
        this.register = register;
    }

    /** What is shown is what was read when the web server was set up, a moment ago; a change since is seen at the first look. */
    @Override
    public void afterSingletonsInstantiated() {
        if (status instanceof TlsStatus.FromFiles from) {
            look(from.files());
            look(from.files());
        }
    }

    @Scheduled(initialDelay = 5, fixedDelay = 5, timeUnit = TimeUnit.SECONDS)
    void look() {
        if (status instanceof TlsStatus.FromFiles from) {
            look(from.files());
        }
    }

    /** The certificate that is shown; absent where it does not come from files. */
    @Nullable
    X509Certificate shown() {
        return shown.get();
    }

    private synchronized void look(CertificateFiles files) {
        try {
            Content now = files.read();
            boolean settled = now.equals(seen);
            seen = now;
            if (now.equals(inUse)) {
                said = "";
            } else if (settled) {
                use(files.check(now), now);
            }
        } catch (IOException e) {
            refuse(files, e);
        } catch (DataAccessException | TransactionException e) {
            LOG.warn("the certificate that is shown cannot be taken down yet: {}", e.getMessage());
        }
    }

    private void use(ServerCertificate served, Content content) {
        X509Certificate own = served.own();
        if (!own.equals(shown.getAndSet(own))) {
            registry.updateBundle(TlsConfiguration.BUNDLE, served.bundle());
            LOG.info(
                    "the server shows the certificate of {}, until {}",
                    own.getSubjectX500Principal().getName(),
                    own.getNotAfter().toInstant());
        }
        register.loaded(own);
        inUse = content;
        said = "";
    }

    private void refuse(CertificateFiles files, IOException e) {
        String reason = e instanceof NoSuchFileException missing
                ? missing.getFile() + " is not there"
                : String.valueOf(e.getMessage());
        if (!reason.equals(said)) {
            LOG.error(
                    "the certificate in {} with the key in {} is not used: {}. The one before stays in use",
                    files.certificate(),
                    files.key(),
                    reason);
            said = reason;
        }
    }
}
