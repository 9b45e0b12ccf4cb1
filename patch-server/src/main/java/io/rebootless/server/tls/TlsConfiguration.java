package io.rebootless.server.tls;

import io.rebootless.server.settings.BadSettingException;
import io.rebootless.server.settings.Settings;
import io.rebootless.server.settings.Settings.TlsMode;
import io.rebootless.server.storage.DataDirectory;
import java.io.IOException;
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

/** HTTPS by the server's own authority, unless {@code server.ssl.*} configures a certificate or plain HTTP is asked for. */
@Configuration(proxyBeanMethods = false)
class TlsConfiguration {
    static final String BUNDLE = "rebootless";

    @Bean
    TlsStatus tlsStatus(Settings settings, Environment environment, DataDirectory data, Clock clock) {
        if (configured(environment)) {
            return new TlsStatus.Configured();
        }
        if (settings.tls().mode() == TlsMode.OFF) {
            return new TlsStatus.Off();
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

    @Bean
    SslBundleRegistrar ownCertificate(TlsStatus status) {
        return registry -> {
            if (status instanceof TlsStatus.OwnAuthority own) {
                registry.registerBundle(BUNDLE, own.files().bundle());
            }
        };
    }

    /** After the customizer that applies {@code server.ssl.*}. */
    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> https(TlsStatus status) {
        return factory -> {
            if (status instanceof TlsStatus.OwnAuthority) {
                factory.setSsl(Ssl.forBundle(BUNDLE));
            }
        };
    }

    private static boolean configured(Environment environment) {
        return !environment.getProperty("server.ssl.enabled", Boolean.class, true)
                || environment.containsProperty("server.ssl.bundle")
                || environment.containsProperty("server.ssl.certificate")
                || environment.containsProperty("server.ssl.key-store");
    }
}
