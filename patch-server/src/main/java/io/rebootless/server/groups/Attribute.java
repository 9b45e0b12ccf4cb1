package io.rebootless.server.groups;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a query can look at: a label, which people set, or a fact, which the host says of itself. The prefix keeps the
 * two apart: no host can say itself into a group that goes by labels.
 *
 * @param sql an expression over {@code host h}, null where the host has no such label or fact
 */
record Attribute(String name, String sql) {
    static final String FACT = "fact.";

    private static final Pattern LABEL = Pattern.compile("[a-z0-9][a-z0-9._/-]{0,62}");

    /** The facts, by the names that queries use after {@value #FACT}; the names are part of the API and never change. */
    private enum Fact {
        HOSTNAME("hostname", "h.hostname"),
        AGENT_VERSION("agent.version", "h.agent_version"),
        KERNEL_RELEASE("kernel.release", "h.kernel_release"),
        KERNEL_VERSION("kernel.version", "h.kernel_version"),
        KERNEL_MACHINE("kernel.machine", "h.machine"),
        KERNEL_BUILD_ID("kernel.build-id", "h.build_id"),
        OS_ID("os.id", "(h.facts ->> 'os.id')"),
        OS_VERSION("os.version", "(h.facts ->> 'os.version')");

        private final String word;
        private final String sql;

        Fact(String word, String sql) {
            this.word = word;
            this.sql = sql;
        }
    }

    /** Empty for what is neither the name of a label nor that of a known fact. */
    static Optional<Attribute> of(String name) {
        if (name.startsWith(FACT)) {
            return Arrays.stream(Fact.values())
                    .filter(fact -> name.equals(FACT + fact.word))
                    .findAny()
                    .map(fact -> new Attribute(name, fact.sql));
        }
        // No quoting: the pattern has nothing that ends a literal.
        return LABEL.matcher(name).matches()
                ? Optional.of(new Attribute(name, "(h.labels ->> '%s')".formatted(name)))
                : Optional.empty();
    }

    static String factNames() {
        return String.join(
                ", ", Arrays.stream(Fact.values()).map(fact -> FACT + fact.word).toList());
    }
}
