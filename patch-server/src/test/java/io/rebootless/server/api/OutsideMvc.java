package io.rebootless.server.api;

import io.rebootless.wire.AgentProtocol;
import io.rebootless.wire.Directive;
import io.rebootless.wire.Problem;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.core.util.Json31;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Operations that are no controllers: springdoc does not see the directive's filter and the health endpoint. */
final class OutsideMvc {
    static final String DIRECTIVE = AgentProtocol.DIRECTIVE;
    static final String HEALTH = "/healthz";
    private static final JsonMapper JSON = JsonMapper.shared();

    private OutsideMvc() {}

    static void add(ObjectNode paths, ObjectNode schemas) {
        List.of(Directive.class, Problem.class).forEach(type -> schemas(type, schemas));
        paths.set(DIRECTIVE, JSON.readTree("""
                {"get": {
                  "summary": "Says what the host that asks is to run",
                  "description": "With `If-None-Match` and `Prefer: wait=50` the answer is held back until it changes. 304 otherwise. `Rebootless-Poll-Seconds` says when to ask again, on 304 too.",
                  "x-takes": ["If-None-Match", "Prefer", "Rebootless-Report", "Rebootless-Boot"],
                  "x-gives": ["ETag", "Rebootless-Poll-Seconds", "Rebootless-Report-Wanted", "Rebootless-Token-Wanted", "Rebootless-Quarantine-Lifted"],
                  "x-statuses": [200, 304],
                  "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/io.rebootless.wire.Directive"}}}}}}}
                """));
        paths.set(HEALTH, JSON.readTree("""
                {"get": {
                  "summary": "Says whether this server can do its work, for load balancers",
                  "x-statuses": [200],
                  "x-down": true,
                  "responses": {"200": {"content": {"application/json": {"schema": {
                    "type": "object", "properties": {"status": {"type": "string", "examples": ["UP"]}}}}}}}}}
                """));
    }

    private static void schemas(Class<?> type, ObjectNode schemas) {
        try {
            var models = ModelConverters.getInstance(true).readAll(new AnnotatedType(type));
            var nodes = (ObjectNode) JSON.readTree(Json31.mapper().writeValueAsString(models));
            nodes.properties().forEach(model -> schemas.set(model.getKey(), model.getValue()));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
