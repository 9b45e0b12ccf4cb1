package io.rebootless.server;

import java.time.Clock;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The patch server's main class. */
@SpringBootApplication(proxyBeanMethods = false)
@ConfigurationPropertiesScan
@EnableScheduling
public class PatchServer {
    public static void main(String[] args) {
        SpringApplication.run(PatchServer.class, args);
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }
}
