package io.rebootless.server.api;

import io.rebootless.server.testing.CheckedIn;
import io.rebootless.server.testing.TestServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

@Tag("every-jdk")
class OpenApiTest {
    private static final List<Path> MODULES = List.of(Path.of("..", "common-model"), Path.of(""));

    @Test
    void the_description_is_what_the_code_says(@TempDir Path data) throws IOException {
        try (var server = TestServer.startDescribing(data)) {
            var springdoc = (ObjectNode) server.admin().get("/v3/api-docs").json();
            var mappings = server.mappings();
            CheckedIn.compare("openapi.json", new Description(SourceFacts.read(MODULES), mappings).of(springdoc));
        }
    }
}
