package io.rebootless.server.problem;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** Puts the limits before everything that reads a body. */
@Configuration(proxyBeanMethods = false)
class RequestLimitsConfiguration {
    @Bean
    FilterRegistrationBean<RequestLimits> requestLimits(ProblemWriter problems) {
        var registration = new FilterRegistrationBean<>(new RequestLimits(problems, BodyPace.STANDARD));
        // After the directive's endpoint, which reads no body and is asked far more often.
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
        registration.setAsyncSupported(true);
        return registration;
    }

    /** Nothing here is a form: Tomcat would read one by itself, at whatever pace it comes. */
    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> noForms() {
        return factory -> factory.addConnectorCustomizers(connector -> connector.setParseBodyMethods(""));
    }
}
