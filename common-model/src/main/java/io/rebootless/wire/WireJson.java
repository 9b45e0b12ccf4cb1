package io.rebootless.wire;

import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** How wire records become JSON: unknown fields are ignored, so that old agents and new servers understand each other. */
public final class WireJson {
    /** No record on the wire is nested deeper. */
    private static final int MAX_DEPTH = 32;

    /** One for all: it cannot be changed, and what it has learned of a record it need not learn again. */
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final JsonMapper INDENTED =
            MAPPER.rebuild().enable(SerializationFeature.INDENT_OUTPUT).build();

    private static final JsonMapper STRICT = MAPPER.rebuild()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private WireJson() {}

    public static JsonMapper mapper() {
        return MAPPER;
    }

    /** For what people write: a mistyped field is not to mean what it means when it is left out. */
    public static JsonMapper strict() {
        return STRICT;
    }

    /** The same for files and output that people look at, too. */
    public static JsonMapper indented() {
        return INDENTED;
    }
}
