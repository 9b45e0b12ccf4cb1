package io.rebootless.server.delivery;

import io.rebootless.server.fleet.LastSeen;
import io.rebootless.server.fleet.PresentedTokens;
import io.rebootless.server.problem.ProblemWriter;
import io.rebootless.server.settings.Settings;
import io.rebootless.server.tls.Authorities;
import io.rebootless.wire.AgentProtocol;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** Puts the directive's endpoint ahead of everything else. */
@Configuration(proxyBeanMethods = false)
class DeliveryConfiguration {
    @Bean
    FilterRegistrationBean<DirectiveEndpoint> directiveEndpoint(
            PresentedTokens hosts,
            LastSeen lastSeen,
            DirectiveBoard board,
            Authorities authorities,
            ProblemWriter problems,
            Settings settings) {
        var registration = new FilterRegistrationBean<>(
                new DirectiveEndpoint(hosts, lastSeen, board, authorities, problems, settings));
        registration.addUrlPatterns(AgentProtocol.DIRECTIVE);
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return registration;
    }
}
