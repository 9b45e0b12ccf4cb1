package io.rebootless.server.cluster;

import io.rebootless.server.settings.Settings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The link, and the limit that an operator sets. */
@Configuration(proxyBeanMethods = false)
class ClusterConfiguration {
    @Bean
    Link link(Settings settings) {
        return new Link(settings.cluster().blindAfter(), System::nanoTime);
    }
}
