package io.rebootless.server.problem;

import org.springframework.http.converter.HttpMessageNotReadableException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;

/** Says what is wrong with a JSON body, in one sentence, without the names of Java types. */
final class JsonFault {
    private JsonFault() {}

    static String describe(HttpMessageNotReadableException e) {
        if (!(e.getCause() instanceof JacksonException fault)) {
            return "A JSON body is required.";
        }
        String field = field(fault);
        Throwable cause = fault.getCause();
        if (cause instanceof NullPointerException) {
            return "A required field is missing%s.".formatted(field);
        }
        if (cause instanceof IllegalArgumentException && cause.getMessage() != null) {
            return cause.getMessage() + field;
        }
        if (!(fault instanceof DatabindException)) {
            return "The body is not well-formed JSON%s.".formatted(place(fault));
        }
        return field.isEmpty()
                ? "The body is not one JSON object of the form expected."
                : "A field of the JSON body is missing or of the wrong type%s.".formatted(field);
    }

    /** Where; the parser's own words are about its classes and settings. */
    private static String place(JacksonException fault) {
        var location = fault.getLocation();
        return location == null || location.getLineNr() < 1
                ? ""
                : " (line %d, column %d)".formatted(location.getLineNr(), location.getColumnNr());
    }

    private static String field(JacksonException fault) {
        var path = new StringBuilder();
        for (var reference : fault.getPath()) {
            String name = reference.getPropertyName();
            path.append(path.isEmpty() ? "" : ".").append(name == null ? reference.getIndex() : name);
        }
        return path.isEmpty() ? "" : " (at %s)".formatted(path);
    }
}
