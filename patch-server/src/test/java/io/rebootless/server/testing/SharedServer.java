package io.rebootless.server.testing;

import io.rebootless.testing.TestPublishers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.springframework.util.FileSystemUtils;

/**
 * Gives tests a {@link TestServer}: one for all of them, which trusts Alice and Bob, threshold 1. Tests keep out of each
 * other's way by using kernel builds of their own.
 */
public final class SharedServer implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == TestServer.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(SharedServer.class))
                .computeIfAbsent(Running.class, key -> new Running(), Running.class)
                .server();
    }

    /** Stopped by JUnit after the last test. */
    static final class Running implements AutoCloseable {
        private final TestDatabase database = new TestDatabase();
        private final Path data;
        private final TestServer server;

        Running() {
            try {
                data = Files.createTempDirectory("rebootless-server-test-");
                var settings = new ArrayList<>(database.settings());
                // Far from UTC, so that no statement gets away with a zone that it does not name.
                settings.add("--spring.datasource.hikari.connection-init-sql=SET TIME ZONE 'Pacific/Apia'");
                server = TestServer.start(data, settings);
                server.trust("alice", TestPublishers.alice());
                server.trust("bob", TestPublishers.bob());
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        TestServer server() {
            return server;
        }

        @Override
        public void close() throws IOException {
            server.close();
            database.close();
            FileSystemUtils.deleteRecursively(data);
        }
    }
}
