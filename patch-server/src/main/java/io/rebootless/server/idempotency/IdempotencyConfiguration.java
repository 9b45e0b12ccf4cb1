package io.rebootless.server.idempotency;

import io.rebootless.server.problem.ProblemWriter;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;

/** Puts the filter behind Spring Security's: who may not do a thing is told so, and never gets to see an old answer. */
@Configuration(proxyBeanMethods = false)
class IdempotencyConfiguration {
    @Bean
    FilterRegistrationBean<IdempotencyFilter> idempotency(
            StoredAnswers answers, PlatformTransactionManager transactions, ProblemWriter problems) {
        var registration = new FilterRegistrationBean<>(new IdempotencyFilter(answers, transactions, problems));
        registration.addUrlPatterns("/api/*");
        registration.setOrder(0);
        return registration;
    }
}
