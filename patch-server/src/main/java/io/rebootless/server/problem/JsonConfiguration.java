package io.rebootless.server.problem;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rebootless.wire.WireJson;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** The one JSON mapper of the server: the wire's, leaving out what is absent. */
@Configuration(proxyBeanMethods = false)
class JsonConfiguration {
    @Bean
    JsonMapper jsonMapper() {
        return WireJson.mapper()
                .rebuild()
                .changeDefaultPropertyInclusion(value -> value.withValueInclusion(JsonInclude.Include.NON_NULL))
                .build();
    }
}
