package io.rebootless.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.server.access.AccessRules.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table in docs/access.md is the one in the code. */
class AccessDocumentTest {
    private static final Path DOCUMENT = Path.of("../docs/access.md");

    @Test
    void the_documents_table_is_that_of_the_rules() throws IOException {
        var expected = new ArrayList<>(List.of(
                "| request | no key | host token | viewer | operator | publisher | admin |",
                "|---|:-:|:-:|:-:|:-:|:-:|:-:|"));
        for (Rule rule : AccessRules.TABLE) {
            var row = new StringBuilder("| `%s %s` |".formatted(rule.method(), rule.path()));
            row.append(mark(rule.roles().isEmpty()));
            for (Role role : List.of(Role.HOST, Role.VIEWER, Role.OPERATOR, Role.PUBLISHER, Role.ADMIN)) {
                row.append(mark(rule.roles().isEmpty() || !Collections.disjoint(rule.roles(), role.rights())));
            }
            expected.add(row.toString());
        }
        var lines = Files.readAllLines(DOCUMENT);
        int start = lines.indexOf(expected.get(0));
        var found = lines.stream()
                .skip(Math.max(start, 0))
                .takeWhile(line -> line.startsWith("|"))
                .toList();
        assertThat(String.join("\n", found))
                .as("put the rules' table into %s", DOCUMENT)
                .isEqualTo(String.join("\n", expected));
    }

    private static String mark(boolean may) {
        return may ? " ✓ |" : " |";
    }
}
