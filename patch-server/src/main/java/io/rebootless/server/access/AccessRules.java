package io.rebootless.server.access;

import static io.rebootless.server.access.Role.ADMIN;
import static io.rebootless.server.access.Role.HOST;
import static io.rebootless.server.access.Role.OPERATOR;
import static io.rebootless.server.access.Role.PUBLISHER;
import static io.rebootless.server.access.Role.VIEWER;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/** Who may do what: this table, and nothing else. The first rule that fits decides; what no rule fits is an admin's. */
final class AccessRules {
    private AccessRules() {}

    /**
     * One line of the table.
     *
     * @param roles those who may; empty for everybody, without a key
     */
    record Rule(HttpMethod method, PathPattern path, Set<Role> roles) {
        Rule(HttpMethod method, String path, Set<Role> roles) {
            this(method, PathPatternParser.defaultInstance.parse(path), roles);
        }
    }

    static final List<Rule> TABLE = List.of(
            new Rule(HttpMethod.GET, "/healthz", Set.of()),
            new Rule(HttpMethod.GET, "/healthz/**", Set.of()),
            // The API's description, which is public anyway.
            new Rule(HttpMethod.GET, "/docs", Set.of()),
            new Rule(HttpMethod.GET, "/docs/*", Set.of()),
            // Public software, for hosts that have no token yet.
            new Rule(HttpMethod.GET, "/install/*", Set.of()),
            // The enrolment key in the body is what counts there.
            new Rule(HttpMethod.POST, "/api/v1/agent/enroll", Set.of()),
            // What the catalogue has for a kernel build, and nothing of hosts: asked before a host has a token.
            new Rule(HttpMethod.GET, "/api/v1/agent/coverage", Set.of()),
            // Answered, by the same rule, before anybody looks here.
            new Rule(HttpMethod.GET, "/api/v1/agent/directive", Set.of(HOST)),
            new Rule(HttpMethod.PUT, "/api/v1/agent/report", Set.of(HOST)),
            new Rule(HttpMethod.POST, "/api/v1/agent/token", Set.of(HOST)),
            new Rule(HttpMethod.GET, "/api/v1/agent/authorities", Set.of(HOST, VIEWER)),
            new Rule(HttpMethod.GET, "/api/v1/tls", Set.of(VIEWER)),
            new Rule(HttpMethod.POST, "/api/v1/tls/authority", Set.of(ADMIN)),
            new Rule(HttpMethod.POST, "/api/v1/tls/authority/switch", Set.of(ADMIN)),
            new Rule(HttpMethod.DELETE, "/api/v1/tls/authorities/*", Set.of(ADMIN)),
            new Rule(HttpMethod.POST, "/api/v1/bundles", Set.of(PUBLISHER)),
            new Rule(HttpMethod.GET, "/api/v1/bundles", Set.of(VIEWER)),
            new Rule(HttpMethod.GET, "/api/v1/bundles/*/info", Set.of(VIEWER)),
            new Rule(HttpMethod.GET, "/api/v1/bundles/*/manifest", Set.of(VIEWER)),
            new Rule(HttpMethod.GET, "/api/v1/bundles/*", Set.of(VIEWER, HOST)),
            new Rule(HttpMethod.HEAD, "/api/v1/bundles/*", Set.of(VIEWER, HOST)),
            new Rule(HttpMethod.POST, "/api/v1/bundles/*/withdrawal", Set.of(PUBLISHER)),
            new Rule(HttpMethod.GET, "/api/v1/publications", Set.of(VIEWER)),
            new Rule(HttpMethod.GET, "/api/v1/publications/*", Set.of(VIEWER)),
            new Rule(HttpMethod.POST, "/api/v1/publications/*/withdrawal", Set.of(PUBLISHER)),
            new Rule(HttpMethod.GET, "/api/v1/kernels", Set.of(VIEWER)),
            new Rule(HttpMethod.GET, "/api/v1/kernels/*", Set.of(VIEWER)),
            new Rule(HttpMethod.GET, "/api/v1/kernels/*/statements", Set.of(VIEWER)),
            new Rule(HttpMethod.POST, "/api/v1/kernels/*/statements", Set.of(PUBLISHER)),
            new Rule(HttpMethod.DELETE, "/api/v1/kernels/*/statements/*", Set.of(PUBLISHER)),
            new Rule(HttpMethod.GET, "/api/v1/storage", Set.of(ADMIN)),
            new Rule(HttpMethod.POST, "/api/v1/storage/scrub", Set.of(ADMIN)),
            new Rule(HttpMethod.POST, "/api/v1/enrollment-keys", Set.of(OPERATOR)),
            new Rule(HttpMethod.GET, "/api/v1/enrollment-keys", Set.of(OPERATOR)),
            new Rule(HttpMethod.GET, "/api/v1/enrollment-keys/*", Set.of(OPERATOR)),
            new Rule(HttpMethod.DELETE, "/api/v1/enrollment-keys/*", Set.of(OPERATOR)),
            new Rule(HttpMethod.GET, "/api/v1/hosts", Set.of(VIEWER)),
            new Rule(HttpMethod.GET, "/api/v1/hosts/**", Set.of(VIEWER)),
            new Rule(HttpMethod.DELETE, "/api/v1/hosts/*", Set.of(OPERATOR)),
            new Rule(HttpMethod.POST, "/api/v1/hosts/*/token-replacement", Set.of(OPERATOR)),
            new Rule(HttpMethod.POST, "/api/v1/hosts/*/quarantine/lift", Set.of(OPERATOR)),
            new Rule(HttpMethod.POST, "/api/v1/hosts/*/labels", Set.of(OPERATOR)),
            new Rule(HttpMethod.GET, "/api/v1/groups", Set.of(VIEWER)),
            new Rule(HttpMethod.GET, "/api/v1/groups/*", Set.of(VIEWER)),
            new Rule(HttpMethod.PUT, "/api/v1/groups/*", Set.of(OPERATOR)),
            new Rule(HttpMethod.DELETE, "/api/v1/groups/*", Set.of(OPERATOR)),
            new Rule(HttpMethod.GET, "/api/v1/plans", Set.of(VIEWER)),
            new Rule(HttpMethod.GET, "/api/v1/plans/*", Set.of(VIEWER)),
            new Rule(HttpMethod.PUT, "/api/v1/plans/*", Set.of(OPERATOR)),
            new Rule(HttpMethod.DELETE, "/api/v1/plans/*", Set.of(OPERATOR)),
            new Rule(HttpMethod.GET, "/api/v1/rollouts", Set.of(VIEWER)),
            new Rule(HttpMethod.GET, "/api/v1/rollouts/**", Set.of(VIEWER)),
            new Rule(HttpMethod.PUT, "/api/v1/rollouts/*", Set.of(OPERATOR)),
            new Rule(HttpMethod.DELETE, "/api/v1/rollouts/*", Set.of(OPERATOR)),
            new Rule(HttpMethod.POST, "/api/v1/rollouts/*/approval", Set.of(OPERATOR)),
            new Rule(HttpMethod.POST, "/api/v1/rollouts/*/pause", Set.of(OPERATOR)),
            new Rule(HttpMethod.POST, "/api/v1/rollouts/*/resume", Set.of(OPERATOR)),
            new Rule(HttpMethod.POST, "/api/v1/rollouts/*/abort", Set.of(OPERATOR)),
            new Rule(HttpMethod.GET, "/api/v1/holds", Set.of(VIEWER)),
            new Rule(HttpMethod.POST, "/api/v1/holds", Set.of(OPERATOR)),
            new Rule(HttpMethod.POST, "/api/v1/holds/preview", Set.of(OPERATOR)),
            new Rule(HttpMethod.GET, "/api/v1/holds/*/preview", Set.of(OPERATOR)),
            new Rule(HttpMethod.DELETE, "/api/v1/holds/*", Set.of(OPERATOR)),
            new Rule(HttpMethod.GET, "/api/v1/gate", Set.of(VIEWER)),
            new Rule(HttpMethod.GET, "/api/v1/audit/**", Set.of(ADMIN)),
            new Rule(HttpMethod.GET, "/api/v1/api-keys", Set.of(ADMIN)),
            new Rule(HttpMethod.POST, "/api/v1/api-keys", Set.of(ADMIN)),
            new Rule(HttpMethod.DELETE, "/api/v1/api-keys/*", Set.of(ADMIN)));

    /** The roles with which a request would have been let in, from the least to the most; empty for everybody. */
    static List<Role> roles(String method, String path) {
        var address = PathContainer.parsePath(path);
        var first = TABLE.stream()
                .filter(rule -> rule.method().name().equals(method))
                .filter(rule -> rule.path().matches(address))
                .findFirst();
        Set<Role> may = first.map(Rule::roles).orElse(Set.of(ADMIN));
        return Arrays.stream(Role.values())
                .filter(role -> role.rights().stream().anyMatch(may::contains))
                .toList();
    }
}
