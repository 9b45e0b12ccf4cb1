package io.rebootless.server.cluster;

import io.rebootless.server.testing.Line;
import io.rebootless.server.testing.TestServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Two servers on one database, the second of which can be cut off from it.
 *
 * @param line by which {@code b} reaches the database of {@code a}
 * @param b notices within seconds that it hears nothing any more
 */
record TwoServers(TestServer a, Line line, TestServer b) implements AutoCloseable {
    static TwoServers start(Path directory) throws Exception {
        var a = TestServer.start(directory.resolve("a"), List.of());
        URI address = URI.create(a.database().getJdbcUrl().substring("jdbc:".length()));
        var line = new Line(address.getPort());
        var settings = new ArrayList<>(a.sameDatabase());
        settings.replaceAll(
                setting -> setting.replace(":%d/".formatted(address.getPort()), ":%d/".formatted(line.port())));
        settings.addAll(List.of(
                "--spring.datasource.hikari.connection-timeout=1000",
                "--spring.datasource.hikari.validation-timeout=500",
                "--spring.datasource.hikari.data-source-properties.socketTimeout=3",
                "--rebootless.cluster.blind-after=2s"));
        return new TwoServers(a, line, TestServer.start(directory.resolve("b"), settings));
    }

    @Override
    public void close() throws IOException {
        b.close();
        line.close();
        a.close();
    }
}
