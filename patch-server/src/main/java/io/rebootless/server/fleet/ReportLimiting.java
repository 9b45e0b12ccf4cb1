package io.rebootless.server.fleet;

import io.rebootless.server.access.Caller;
import io.rebootless.wire.AgentProtocol;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Puts {@link ReportLimits} before what hosts send: when it is known who sends it, and before anything of it is read.
 */
@Configuration(proxyBeanMethods = false)
class ReportLimiting implements WebMvcConfigurer {
    private static final String ADMISSION = ReportLimits.class.getName();

    private final ReportLimits limits = new ReportLimits(System::nanoTime);

    @Bean
    ReportLimits reportLimits() {
        return limits;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new Interceptor()).addPathPatterns(AgentProtocol.REPORT, AgentProtocol.TOKEN);
    }

    private final class Interceptor implements HandlerInterceptor {
        @Override
        public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
            var authentication = SecurityContextHolder.getContext().getAuthentication();
            if (authentication != null && authentication.getPrincipal() instanceof Caller host) {
                request.setAttribute(ADMISSION, limits.admit(host.uuid(), request.getContentLengthLong()));
            }
            return true;
        }

        @Override
        public void afterCompletion(
                HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable Exception e) {
            if (request.getAttribute(ADMISSION) instanceof ReportLimits.Admission admission) {
                admission.close();
            }
        }
    }
}
