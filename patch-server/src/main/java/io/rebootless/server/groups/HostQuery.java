package io.rebootless.server.groups;

import static java.util.stream.Collectors.joining;

import cz.jirutka.rsql.parser.RSQLParser;
import cz.jirutka.rsql.parser.RSQLParserException;
import cz.jirutka.rsql.parser.ast.AndNode;
import cz.jirutka.rsql.parser.ast.Arity;
import cz.jirutka.rsql.parser.ast.ComparisonNode;
import cz.jirutka.rsql.parser.ast.ComparisonOperator;
import cz.jirutka.rsql.parser.ast.LogicalNode;
import cz.jirutka.rsql.parser.ast.Node;
import io.rebootless.server.problem.Paging;
import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.wire.HostGroupRequest;
import io.rebootless.wire.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A question about hosts, in RSQL: which of them have these labels and facts. PostgreSQL answers it, both as a whole and
 * comparison by comparison, so that an explanation never says otherwise than the membership that it explains.
 */
public final class HostQuery {
    /** All hosts. */
    public static final HostQuery ALL = new HostQuery("", null, new Reading("", ""));

    private static final ComparisonOperator EQUAL = new ComparisonOperator("==", Arity.of(1, 1));
    private static final ComparisonOperator NOT_EQUAL = new ComparisonOperator("!=", Arity.of(1, 1));
    private static final ComparisonOperator IN = new ComparisonOperator("=in=", Arity.of(1, 100));
    private static final ComparisonOperator OUT = new ComparisonOperator("=out=", Arity.of(1, 100));
    private static final ComparisonOperator EXISTS = new ComparisonOperator("=exists=", Arity.of(1, 1));
    private static final RSQLParser PARSER = new RSQLParser(Set.of(EQUAL, NOT_EQUAL, IN, OUT, EXISTS));

    private static final int MAX_COMPARISONS = 50;
    private static final String LANGUAGE =
            "== != =in=(…) =out=(…) =exists=true, joined by ; (and) or , (or), with parentheses";
    private static final String REMEDY = "Write it as in docs/groups.md: env==prod;fact.os.id=in=(debian,ubuntu).";

    private final String text;
    private final @Nullable Node root;
    private final String condition;
    private final List<Comparison> comparisons;
    private final Map<String, String> parameters;

    private HostQuery(String text, @Nullable Node root, Reading reading) {
        this.text = text;
        this.root = root;
        this.condition = root == null ? "true" : reading.sql(root);
        this.comparisons = List.copyOf(reading.comparisons);
        this.parameters = Map.copyOf(reading.parameters);
    }

    /**
     * One comparison.
     *
     * @param text as the library writes it, every value in quotes
     * @param value SQL for what it looks at
     * @param condition SQL for what it comes to, never null
     */
    record Comparison(String text, String value, String condition) {}

    /**
     * Reads a query.
     *
     * @param parameter where it comes from, for the refusal
     * @throws ProblemException {@code bad-parameter}, with what is wrong and how to write it
     */
    public static HostQuery parse(String parameter, String text) {
        if (text.isBlank() || text.length() > HostGroupRequest.MAX_QUERY) {
            throw refusal(parameter, "it has %d characters".formatted(text.length()), text);
        }
        try {
            return new HostQuery(text, PARSER.parse(text), new Reading(parameter, text));
        } catch (RSQLParserException e) {
            throw refusal(parameter, reason(e), text);
        }
    }

    /** Hosts that both find. */
    public HostQuery and(HostQuery other) {
        if (root == null || other.root == null) {
            return root == null ? other : this;
        }
        String both = "(%s);(%s)".formatted(text, other.text);
        return new HostQuery(both, new AndNode(List.of(root, other.root)), new Reading("query", both));
    }

    /** As it was written; empty for all hosts. */
    public String text() {
        return text;
    }

    /** SQL over {@code host h} that is true for the hosts meant and false for all others, with {@link #parameters}. */
    public String condition() {
        return condition;
    }

    public Map<String, String> parameters() {
        return parameters;
    }

    List<Comparison> comparisons() {
        return comparisons;
    }

    /** What comes first in the parser's words; the tokens that it would have liked come after. */
    private static String reason(RSQLParserException e) {
        Throwable cause = e.getCause();
        String words = String.valueOf(cause == null ? e.getMessage() : cause.getMessage());
        return Paging.brief(words.lines().findFirst().orElse("").replaceFirst("\\.$", ""));
    }

    private static ProblemException refusal(String parameter, String what, String text) {
        return ProblemType.BAD_PARAMETER.because(
                "%s is no query: %s.".formatted(parameter, what), LANGUAGE, Paging.brief(text), REMEDY);
    }

    /** What one query becomes. Values are parameters; only names of ours are in the SQL. */
    private static final class Reading {
        private final String parameter;
        private final String text;
        private final List<Comparison> comparisons = new ArrayList<>();
        private final Map<String, String> parameters = new TreeMap<>();

        Reading(String parameter, String text) {
            this.parameter = parameter;
            this.text = text;
        }

        String sql(Node node) {
            if (node instanceof LogicalNode several) {
                return several.getChildren().stream()
                        .map(this::sql)
                        .collect(joining(several instanceof AndNode ? " AND " : " OR ", "(", ")"));
            }
            if (node instanceof ComparisonNode one) {
                return comparison(one);
            }
            throw new IllegalStateException("the parser knows no other node than these: " + node);
        }

        private String comparison(ComparisonNode node) {
            if (comparisons.size() == MAX_COMPARISONS) {
                throw refusal(parameter, "it has more than %d comparisons".formatted(MAX_COMPARISONS), text);
            }
            String name = node.getSelector();
            Attribute attribute = Attribute.of(name)
                    .orElseThrow(() -> refusal(
                            parameter,
                            name.startsWith(Limits.FACT)
                                    ? "there is no fact %s; there are %s"
                                            .formatted(Paging.brief(name), Attribute.factNames())
                                    : "%s can be no label's key".formatted(Paging.brief(name)),
                            text));
            String value = attribute.sql();
            var operator = node.getOperator();
            String condition;
            if (operator.equals(EXISTS)) {
                condition = value + (exists(node) ? " IS NOT NULL" : " IS NULL");
            } else {
                String any = node.getArguments().stream()
                        .map(argument -> "%s LIKE :%s".formatted(value, pattern(argument)))
                        .collect(joining(" OR "));
                boolean wanted = operator.equals(EQUAL) || operator.equals(IN);
                // What a host does not have is not equal to anything.
                condition = "%scoalesce(%s, false)".formatted(wanted ? "" : "NOT ", any);
            }
            String whole = "(" + condition + ")";
            comparisons.add(new Comparison(node.toString(), value, whole));
            return whole;
        }

        private boolean exists(ComparisonNode node) {
            return switch (node.getArguments().get(0)) {
                case "true" -> true;
                case "false" -> false;
                default -> throw refusal(parameter, "=exists= takes true or false", text);
            };
        }

        /** Only {@code *} stands for any text. */
        private String pattern(String argument) {
            String name = "query" + parameters.size();
            parameters.put(
                    name,
                    argument.replace("\\", "\\\\")
                            .replace("%", "\\%")
                            .replace("_", "\\_")
                            .replace('*', '%'));
            return name;
        }
    }
}
