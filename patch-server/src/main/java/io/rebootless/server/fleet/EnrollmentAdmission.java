package io.rebootless.server.fleet;

import io.rebootless.server.idempotency.IdempotentRequests;
import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.EnrollmentRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Has the limits judge an enrolment with an Idempotency-Key before that takes a connection to the database: strangers may
 * ask for one. Its key is in the body.
 */
@Configuration(proxyBeanMethods = false)
class EnrollmentAdmission implements WebMvcConfigurer, HandlerInterceptor {
    private final Enrolling enrolling;
    private final JsonMapper json;

    EnrollmentAdmission(Enrolling enrolling, JsonMapper json) {
        this.enrolling = enrolling;
        this.json = json;
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
                enrolling.admit(read(request), request.getRemoteAddr());
            } catch (JacksonException | IllegalArgumentException | NullPointerException e) {
                // The controller reads it too, and says what is wrong with it.
                IdempotentRequests.exclude(request);
            }
        }
        return true;
    }

    /** As the controller does, which takes JSON in other encodings than RFC 8259's if the content type says so. */
    private EnrollmentRequest read(HttpServletRequest request) throws IOException {
        // Not what the container calls the request's encoding: that is UTF-8 for all of them.
        var type = request.getContentType();
        var charset = type == null ? null : MediaType.parseMediaType(type).getCharset();
        boolean unicode =
                charset == null || charset.name().startsWith("UTF-") || charset.equals(StandardCharsets.US_ASCII);
        return unicode
                ? json.readValue(request.getInputStream(), EnrollmentRequest.class)
                : json.readValue(new InputStreamReader(request.getInputStream(), charset), EnrollmentRequest.class);
    }
}
