package io.rebootless.server.testing;

import java.util.List;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** PostgreSQL in a container where a Docker engine answers, else the embedded one; says which. */
final class TestDatabase implements AutoCloseable {
    private final PostgreSQLContainer container = new PostgreSQLContainer("postgres:18");
    private final boolean docker = engineAnswers();

    TestDatabase() {
        if (docker) {
            container.start();
        }
        System.out.println(
                "PostgreSQL for the tests: " + (docker ? "a container" : "embedded (no Docker engine answers)"));
    }

    List<String> settings() {
        return docker
                ? List.of(
                        "--spring.datasource.url=" + container.getJdbcUrl(),
                        "--spring.datasource.username=" + container.getUsername(),
                        "--spring.datasource.password=" + container.getPassword())
                : List.of();
    }

    private static boolean engineAnswers() {
        try {
            return DockerClientFactory.instance().isDockerAvailable();
        } catch (RuntimeException none) {
            return false;
        }
    }

    @Override
    public void close() {
        container.stop();
    }
}
