package io.rebootless.server.fleet;

import io.rebootless.server.problem.Paging;
import io.rebootless.server.problem.ProblemType;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.core.convert.converter.Converter;
import org.springframework.stereotype.Component;

/**
 * The query parameter {@code label=key=value}, which may be repeated: a host must carry all of them.
 *
 * @param labels empty for all hosts
 */
public record LabelFilter(Map<String, String> labels) {
    public LabelFilter {
        labels = Map.copyOf(labels);
    }

    static LabelFilter parse(List<String> parameters) {
        var labels = new TreeMap<String, String>();
        for (String parameter : parameters) {
            int equals = parameter.indexOf('=');
            String value = parameter.substring(equals + 1);
            boolean wellFormed =
                    equals > 0 && !value.isEmpty() && parameter.chars().noneMatch(Character::isISOControl);
            if (!wellFormed || labels.put(parameter.substring(0, equals), value) != null) {
                throw ProblemType.BAD_PARAMETER.because(
                        "label is malformed, or names one key twice.",
                        "label=key=value, each key once",
                        Paging.brief(parameter),
                        "Write label=env=prod, once for each label.");
            }
        }
        return new LabelFilter(labels);
    }

    /** Spring's own conversion to a list would cut a value at its commas. */
    @Component
    static final class FromOne implements Converter<String, LabelFilter> {
        @Override
        public LabelFilter convert(String parameter) {
            return parse(List.of(parameter));
        }
    }

    @Component
    static final class FromSeveral implements Converter<String[], LabelFilter> {
        @Override
        public LabelFilter convert(String[] parameters) {
            return parse(List.of(parameters));
        }
    }
}
