package io.rebootless.server.tls;

import io.rebootless.server.settings.BadSettingException;
import io.rebootless.server.settings.Settings;
import io.rebootless.server.settings.Settings.TlsMode;
import io.rebootless.server.storage.DataDirectory;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/** HTTPS by the server's own authority, unless a certificate is configured or plain HTTP is asked for. */
@Configuration(proxyBeanMethods = false)
class TlsConfiguration {
    static final String BUNDLE = "rebootless";

    @Bean
    TlsStatus tlsStatus(Settings settings, Environment environment, DataDirectory data, Clock clock) {
        Path certificate = settings.tls().certificate();
        Path key = settings.tls().key();
        if (certificate != null && key != null) {
            return fromFiles(new CertificateFiles(certificate.toAbsolutePath(), key.toAbsolutePath(), clock));
        }
        if (configured(environment)) {
            return new TlsStatus.Configured();
        }
        if (settings.tls().mode() == TlsMode.OFF) {
            return new TlsStatus.Off(!environment.containsProperty("server.address"));
        }
        try {
            var files = new TlsFiles(data.tls(), ServerNames.of(settings.tls().names()), clock, new SecureRandom());
            files.renew();
            return new TlsStatus.OwnAuthority(files);
        } catch (IOException | GeneralSecurityException e) {
            throw new BadSettingException(
                    "rebootless.tls: the files in %s cannot be read or made (%s)".formatted(data.tls(), e.getMessage()),
                    "Restore them from a backup, or remove them all: a new authority is made, which every client must"
                            + " then trust instead.",
                    e);
        }
    }

    private static TlsStatus fromFiles(CertificateFiles files) {
        try {
            files.check(files.read());
            return new TlsStatus.FromFiles(files);
        } catch (IOException e) {
            throw new BadSettingException(
                    "rebootless.tls.certificate is %s, rebootless.tls.key is %s: %s"
                            .formatted(files.certificate(), files.key(), e.getMessage()),
                    "Put the certificate chain and its unencrypted key there, in PEM.",
                    e);
        }
    }

    @Bean
    SslBundleRegistrar ownCertificate(TlsStatus status) {
        return registry -> {
            try {
                if (status instanceof TlsStatus.OwnAuthority own) {
                    registry.registerBundle(BUNDLE, own.files().served().bundle());
                } else if (status instanceof TlsStatus.FromFiles from) {
                    var files = from.files();
                    registry.registerBundle(BUNDLE, files.check(files.read()).bundle());
                }
            } catch (IOException e) {
                throw new BadSettingException(
                        "The server's certificate cannot be read: " + e.getMessage(), "Start the server again.", e);
            }
        };
    }

    /** After the customizer that applies {@code server.ssl.*} and {@code server.address}. */
    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> https(TlsStatus status) {
        return factory -> {
            if (status instanceof TlsStatus.OwnAuthority || status instanceof TlsStatus.FromFiles) {
                factory.setSsl(Ssl.forBundle(BUNDLE));
            } else if (status instanceof TlsStatus.Off off && off.loopback()) {
                // Whoever has keys travel in the clear over a network must say so.
                factory.setAddress(InetAddress.getLoopbackAddress());
            }
        };
    }

    private static boolean configured(Environment environment) {
        if (!environment.getProperty("server.ssl.enabled", Boolean.class, true)) {
            throw new BadSettingException(
                    "server.ssl.enabled is false", "Ask for plain HTTP by rebootless.tls.mode=off.");
        }
        return environment.containsProperty("server.ssl.bundle")
                || environment.containsProperty("server.ssl.certificate")
                || environment.containsProperty("server.ssl.key-store");
    }
}
