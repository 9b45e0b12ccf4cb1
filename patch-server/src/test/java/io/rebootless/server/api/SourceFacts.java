package io.rebootless.server.api;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * What only the sources say: Javadoc, and the limits that records check with {@code Limits} when they are made. So the
 * words and numbers of the description are those of the code, written once.
 */
final class SourceFacts {
    private final Map<String, String> words = new HashMap<>();
    private final Map<String, Map<String, Object>> limits = new HashMap<>();

    /** Reads all of {@code src/main/java} in these modules. */
    static SourceFacts read(List<Path> modules) throws IOException {
        var facts = new SourceFacts();
        var files = new java.util.ArrayList<Path>();
        for (Path module : modules) {
            try (Stream<Path> all = Files.walk(module.resolve("src/main/java"))) {
                all.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
            }
        }
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var manager = compiler.getStandardFileManager(null, null, null)) {
            var task = (JavacTask) compiler.getTask(
                    null, manager, null, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(files));
            var docs = DocTrees.instance(task);
            for (CompilationUnitTree unit : task.parse()) {
                new Reader(facts, docs, unit.getPackageName().toString()).scan(unit, null);
            }
        }
        return facts;
    }

    /** The first paragraph of a type's Javadoc; {@code type} as {@link Class#getCanonicalName}. */
    Optional<String> type(String type) {
        return Optional.ofNullable(words.get(type));
    }

    Optional<String> method(String type, String method) {
        return Optional.ofNullable(words.get(type + "#" + method));
    }

    /** What is said of a record's component or a method's parameter. */
    Optional<String> parameter(String owner, String name) {
        return Optional.ofNullable(words.get(owner + "(" + name + ")"));
    }

    /** JSON Schema's words for the limits of a record's component. */
    Map<String, Object> limits(String type, String component) {
        return limits.getOrDefault(type + "(" + component + ")", Map.of());
    }

    private static final class Reader extends TreePathScanner<Void, Void> {
        private final SourceFacts facts;
        private final DocTrees docs;
        private String owner;

        Reader(SourceFacts facts, DocTrees docs, String packageName) {
            this.facts = facts;
            this.docs = docs;
            this.owner = packageName;
        }

        @Override
        public Void visitClass(ClassTree type, Void nothing) {
            String outer = owner;
            owner = outer + "." + type.getSimpleName();
            describe(owner);
            super.visitClass(type, nothing);
            owner = outer;
            return null;
        }

        @Override
        public Void visitMethod(MethodTree method, Void nothing) {
            describe(owner + "#" + method.getName());
            return super.visitMethod(method, nothing);
        }

        @Override
        public Void visitMethodInvocation(MethodInvocationTree call, Void nothing) {
            if (call.getMethodSelect() instanceof MemberSelectTree select
                    && select.getExpression().toString().equals("Limits")) {
                limit(select.getIdentifier().toString(), call.getArguments());
            }
            return super.visitMethodInvocation(call, nothing);
        }

        private void describe(String name) {
            DocCommentTree comment = docs.getDocCommentTree(getCurrentPath());
            if (comment == null) {
                return;
            }
            facts.words.put(name, text(comment.getFullBody()));
            for (var tag : comment.getBlockTags()) {
                if (tag instanceof ParamTree parameter) {
                    facts.words.put(name + "(" + parameter.getName() + ")", text(parameter.getDescription()));
                }
            }
        }

        private void limit(String check, List<? extends ExpressionTree> arguments) {
            if (arguments.size() < 2 || !(arguments.get(1) instanceof IdentifierTree component)) {
                return;
            }
            var words = new TreeMap<String, Object>();
            switch (check) {
                case "text", "optionalText", "lines", "optionalLines", "name", "reason" -> {
                    words.put("minLength", 1L);
                    words.put("maxLength", number(arguments.get(2)));
                }
                case "range" -> {
                    words.put("minimum", number(arguments.get(2)));
                    words.put("maximum", number(arguments.get(3)));
                }
                case "list" -> words.put("maxItems", number(arguments.get(2)));
                default -> {
                    return;
                }
            }
            facts.limits.put(owner + "(" + component.getName() + ")", words);
        }

        /** A literal, or a constant of the type itself, of java.lang or of a type beside it. */
        private long number(ExpressionTree expression) {
            if (expression instanceof LiteralTree literal && literal.getValue() instanceof Number value) {
                return value.longValue();
            }
            String text = expression.toString();
            int dot = text.lastIndexOf('.');
            String field = text.substring(dot + 1);
            if (dot < 0) {
                return constant(owner, field);
            }
            String simple = text.substring(0, dot);
            var unit = getCurrentPath().getCompilationUnit();
            String imported = unit.getImports().stream()
                    .map(one -> one.getQualifiedIdentifier().toString())
                    .filter(one -> one.endsWith("." + simple))
                    .findFirst()
                    .orElse(
                            simple.matches("Long|Integer")
                                    ? "java.lang." + simple
                                    : unit.getPackageName() + "." + simple);
            return constant(imported, field);
        }

        private static long constant(String type, String field) {
            try {
                var constant = Schemas.type(type).getDeclaredField(field);
                constant.setAccessible(!type.startsWith("java."));
                return ((Number) constant.get(null)).longValue();
            } catch (ReflectiveOperationException e) {
                throw new AssertionError("no such constant: " + type + "." + field, e);
            }
        }

        /** Plain text of what Javadoc marks up. */
        private static String text(java.util.Collection<? extends com.sun.source.doctree.DocTree> parts) {
            return parts.stream()
                    .map(Object::toString)
                    .collect(Collectors.joining())
                    .replaceAll("<p>[\\s\\S]*", "")
                    .replaceAll("\\{@(?:code|value|link|literal)\\s+#?((?:[^{}]|\\{[^{}]*})*)}", "`$1`")
                    .replaceAll("\\s+", " ")
                    .strip();
        }
    }
}
