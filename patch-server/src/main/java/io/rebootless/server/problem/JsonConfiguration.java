package io.rebootless.server.problem;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rebootless.wire.AgentReport;
import io.rebootless.wire.EnrollmentRequest;
import io.rebootless.wire.WireJson;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverters.ServerBuilder;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JSON of the server: the wire's, leaving out what is absent. What people send is read strictly: a mistyped {@code
 * host} of a hold is not to hold the whole fleet. What agents send is not, for they may be newer than the server.
 */
@Configuration(proxyBeanMethods = false)
class JsonConfiguration implements WebMvcConfigurer {
    private static final List<Class<?>> FROM_AGENTS = List.of(AgentReport.class, EnrollmentRequest.class);

    @Bean
    static JsonMapper jsonMapper() {
        return withoutAbsent(WireJson.mapper());
    }

    private static JsonMapper withoutAbsent(JsonMapper mapper) {
        return mapper.rebuild()
                .changeDefaultPropertyInclusion(value -> value.withValueInclusion(JsonInclude.Include.NON_NULL))
                .build();
    }

    @Override
    public void configureMessageConverters(ServerBuilder builder) {
        var converter = new JacksonJsonHttpMessageConverter(withoutAbsent(WireJson.strict()));
        for (var type : FROM_AGENTS) {
            converter.registerMappersForType(
                    type, mappers -> mappers.put(MediaType.APPLICATION_JSON, withoutAbsent(WireJson.mapper())));
        }
        builder.withJsonConverter(converter);
    }
}
