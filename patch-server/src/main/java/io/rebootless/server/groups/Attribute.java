package io.rebootless.server.groups;

import io.rebootless.wire.AgentReport;
import io.rebootless.wire.Limits;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a query can look at: a label, which people set, or a fact, which the host says of itself. The prefix keeps the
 * two apart: no host can say itself into a group that goes by labels.
 *
 * @param sql an expression over {@code host h}, null where the host has no such label or fact
 */
record Attribute(String name, String sql) {
    /** The facts, by the names that queries use after {@value Limits#FACT}; the names are part of the API and never change. */
    private enum Fact {
        HOSTNAME("hostname", "h.hostname"),
        AGENT_VERSION("agent.version", "h.agent_version"),
        KERNEL_RELEASE("kernel.release", "h.kernel_release"),
        KERNEL_VERSION("kernel.version", "h.kernel_version"),
        KERNEL_MACHINE("kernel.machine", "h.machine"),
        KERNEL_BUILD_ID("kernel.build-id", "h.build_id"),
        OS_ID(AgentReport.OS_ID, "(h.facts ->> 'os.id')"),
        OS_VERSION(AgentReport.OS_VERSION, "(h.facts ->> 'os.version')");

        private final String word;
        private final String sql;

        Fact(String word, String sql) {
            this.word = word;
            this.sql = sql;
        }
    }

    /** Empty for what is neither the name of a label nor that of a known fact. */
    static Optional<Attribute> of(String name) {
        if (name.startsWith(Limits.FACT)) {
            return Arrays.stream(Fact.values())
                    .filter(fact -> name.equals(Limits.FACT + fact.word))
                    .findAny()
                    .map(fact -> new Attribute(name, fact.sql));
        }
        // No quoting: the pattern has nothing that ends a literal.
        return Limits.isKey(name)
                ? Optional.of(new Attribute(name, "(h.labels ->> '%s')".formatted(name)))
                : Optional.empty();
    }

    static String factNames() {
        return String.join(
                ", ",
                Arrays.stream(Fact.values())
                        .map(fact -> Limits.FACT + fact.word)
                        .toList());
    }
}
