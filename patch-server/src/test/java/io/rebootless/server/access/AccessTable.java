package io.rebootless.server.access;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPatternParser;

/** Who may do what, as {@link AccessRules} has it, for other tests to read. */
public final class AccessTable {
    private AccessTable() {}

    /** The roles that may, from the least to the most; empty for everybody, without a key. */
    public static List<String> roles(String method, String path) {
        var address = PathContainer.parsePath(path.replaceAll("\\{[^}]*}", "x"));
        var rule = AccessRules.TABLE.stream()
                .filter(line -> line.method().equals(HttpMethod.valueOf(method)))
                .filter(line ->
                        PathPatternParser.defaultInstance.parse(line.path()).matches(address))
                .findFirst();
        if (rule.isPresent() && rule.get().roles().isEmpty()) {
            return List.of();
        }
        return Arrays.stream(Role.values())
                .filter(role -> rule.isEmpty()
                        ? role == Role.ADMIN
                        : role.rights().stream().anyMatch(rule.get().roles()::contains))
                .map(role -> role.name().toLowerCase(Locale.ROOT))
                .toList();
    }
}
