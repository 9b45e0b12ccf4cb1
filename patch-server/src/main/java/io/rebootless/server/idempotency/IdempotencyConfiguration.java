package io.rebootless.server.idempotency;

import io.rebootless.server.problem.ProblemWriter;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Puts the filter behind Spring Security's: who may not do a thing is told so, and never gets to see an old answer. And
 * has the transaction begin behind all other interceptors, which are the limits.
 */
@Configuration(proxyBeanMethods = false)
class IdempotencyConfiguration implements WebMvcConfigurer {
    @Bean
    static FilterRegistrationBean<IdempotencyFilter> idempotency(
            StoredAnswers answers, PlatformTransactionManager transactions, ProblemWriter problems) {
        var registration = new FilterRegistrationBean<>(new IdempotencyFilter(answers, transactions, problems));
        registration.addUrlPatterns("/api/*");
        registration.setOrder(0);
        return registration;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        // Behind every limit: the body, then a last look at the caller's key, then the transaction or a former answer.
        registry.addInterceptor(new IdempotentBodies())
                .addPathPatterns("/api/**")
                .order(Ordered.LOWEST_PRECEDENCE - 2);
        registry.addInterceptor(new IdempotentRequests())
                .addPathPatterns("/api/**")
                .order(Ordered.LOWEST_PRECEDENCE);
    }
}
