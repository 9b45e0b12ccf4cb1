package io.rebootless.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.io.ClassPathResource;

/** {@code docs/server.md} is the operator's list of settings, and the package's file is made from it. */
class SettingsTableTest {
    private static final Pattern ROW = Pattern.compile("\\| `([a-z.-]+)` \\| ([^|]+) \\| [^|]+ \\|");

    private final Map<String, String> table = table();

    @Test
    void it_lists_every_setting_of_the_servers_own_and_none_that_does_not_exist() {
        var documented = table.keySet().stream()
                .filter(name -> name.startsWith("rebootless."))
                .toList();
        assertThat(documented)
                .containsExactlyInAnyOrderElementsOf(
                        settings("rebootless.", Settings.class).toList());
    }

    @Test
    void it_gives_the_defaults_that_the_server_has() {
        defaults("rebootless.", Settings.class)
                .forEach((name, value) -> assertThat(table).as(name).containsEntry(name, "`" + value + "`"));
    }

    @Test
    void it_gives_springs_settings_the_defaults_of_the_servers_configuration() throws IOException {
        var configuration = new YamlPropertySourceLoader()
                .load("application", new ClassPathResource("application.yaml"))
                .get(0);
        assertThat(List.of("server.port", "spring.lifecycle.timeout-per-shutdown-phase", "logging.level.io.rebootless"))
                .allSatisfy(name -> assertThat(table).containsEntry(name, "`" + configuration.getProperty(name) + "`"));
    }

    private static Stream<String> settings(String prefix, Class<?> type) {
        return Stream.of(type.getRecordComponents())
                .flatMap(part -> part.getType().isRecord()
                        ? settings(name(prefix, part) + ".", part.getType())
                        : Stream.of(name(prefix, part)));
    }

    private static Map<String, String> defaults(String prefix, Class<?> type) {
        var defaults = new HashMap<String, String>();
        for (RecordComponent part : type.getRecordComponents()) {
            @Nullable DefaultValue value = defaultOf(type, part);
            if (part.getType().isRecord()) {
                defaults.putAll(defaults(name(prefix, part) + ".", part.getType()));
            } else if (value != null && value.value().length == 1) {
                defaults.put(name(prefix, part), value.value()[0]);
            }
        }
        return defaults;
    }

    /** The annotation is the constructor's parameter's. */
    private static @Nullable DefaultValue defaultOf(Class<?> type, RecordComponent part) {
        return Stream.of(type.getDeclaredConstructors())
                .flatMap(constructor -> Stream.of(constructor.getParameters()))
                .filter(parameter -> parameter.getName().equals(part.getName()))
                .map(parameter -> parameter.getAnnotation(DefaultValue.class))
                .filter(java.util.Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static String name(String prefix, RecordComponent part) {
        return prefix + DataObjectPropertyName.toDashedForm(part.getName());
    }

    private static Map<String, String> table() {
        try {
            String text = Files.readString(Path.of("../docs/server.md"));
            String section = text.substring(text.indexOf("## Settings"), text.indexOf("## Files"));
            var rows = new HashMap<String, String>();
            ROW.matcher(section).results().forEach(row -> rows.put(row.group(1), row.group(2)));
            return rows;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
