package io.rebootless.server.tls;

import io.rebootless.server.settings.BadSettingException;
import io.rebootless.server.settings.Settings;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.catalina.valves.RemoteIpValve;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * Whose word counts about where a request comes from: {@code X-Forwarded-For}, {@code -Proto}, {@code -Host} and {@code
 * -Port} of the proxies that the operator names, and of nobody else. From the right, each trusted hop gives way to the
 * one before it: what a client has put there itself stays behind the address of its own that the proxy has added. RFC
 * 7239's {@code Forwarded} is never believed.
 */
@Configuration(proxyBeanMethods = false)
class Proxies {
    /** Spring Boot's own ways to the same valve trust every private network. */
    private static final List<String> OTHER_WAYS =
            List.of("server.tomcat.remoteip.remote-ip-header", "server.tomcat.remoteip.protocol-header");

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> trustedProxies(
            Settings settings, Environment environment) {
        for (String other : OTHER_WAYS) {
            refuse(environment, other, "");
        }
        refuse(environment, "server.forward-headers-strategy", "none");
        return factory -> {
            if (!settings.proxy().trusted().isEmpty()) {
                factory.addEngineValves(believing(settings.proxy().trusted()));
            }
        };
    }

    private static void refuse(Environment environment, String name, String harmless) {
        String value = environment.getProperty(name, "");
        if (!value.isEmpty() && !value.equalsIgnoreCase(harmless)) {
            throw new BadSettingException(
                    "%s is %s: it would have the server believe headers from every private network"
                            .formatted(name, value),
                    "Remove it, and name the proxies in rebootless.proxy.trusted.");
        }
    }

    private static RemoteIpValve believing(List<String> proxies) {
        var valve = new RemoteIpValve();
        // Without a prefix's length the valve would take the list for a regular expression.
        valve.setInternalProxies(proxies.stream()
                .map(proxy -> proxy.contains("/") ? proxy : proxy + (proxy.contains(":") ? "/128" : "/32"))
                .collect(Collectors.joining(",")));
        valve.setRemoteIpHeader("X-Forwarded-For");
        valve.setProtocolHeader("X-Forwarded-Proto");
        valve.setHostHeader("X-Forwarded-Host");
        valve.setPortHeader("X-Forwarded-Port");
        return valve;
    }
}
