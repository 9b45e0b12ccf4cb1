package io.rebootless.server.fleet;

import io.rebootless.server.idempotency.IdempotentRequests;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.EnrollmentRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.converter.HttpMessageConversionException;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.json.JsonMapper;

/**
 * Has the limits judge an enrolment with an Idempotency-Key before that takes a connection to the database: strangers may
 * ask for one. Its key is in the body.
 */
@Configuration(proxyBeanMethods = false)
class EnrollmentAdmission implements WebMvcConfigurer, HandlerInterceptor {
    private final Enrolling enrolling;
    /** The controller's own way to read a body, whatever its encoding. */
    private final JacksonJsonHttpMessageConverter json;

    EnrollmentAdmission(Enrolling enrolling, JsonMapper json) {
        this.enrolling = enrolling;
        this.json = new JacksonJsonHttpMessageConverter(json);
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).addPathPatterns(AgentProtocol.ENROLL);
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
            throws IOException {
        if (IdempotentRequests.contain(request)) {
            try {
                var asked =
                        (EnrollmentRequest) json.read(EnrollmentRequest.class, new ServletServerHttpRequest(request));
                enrolling.admit(asked, request.getRemoteAddr());
            } catch (HttpMessageConversionException | IllegalArgumentException | NullPointerException e) {
                // The controller reads it too, and says what is wrong with it.
                IdempotentRequests.exclude(request);
            }
        }
        return true;
    }
}
