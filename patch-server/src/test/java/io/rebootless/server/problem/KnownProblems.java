package io.rebootless.server.problem;

import io.rebootless.bundle.Refusal;
import io.rebootless.wire.Problem;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every problem that the server can answer with, found in the code: the server's own, and the bundle's refusals. */
public final class KnownProblems {
    private KnownProblems() {}

    /**
     * One kind of problem.
     *
     * @param name the last part of its type
     * @param statuses with which it is answered
     * @param remedy may be empty
     */
    public record Kind(String name, String title, Set<Integer> statuses, String remedy) {}

    public static List<Kind> own() {
        return Arrays.stream(ProblemType.values())
                .map(type -> new Kind(
                        name(type), type.title(), Set.of(type.status()), type.remedy() == null ? "" : type.remedy()))
                .toList();
    }

    public static List<Kind> refusals() {
        var kinds = new TreeMap<String, Kind>();
        for (Class<?> type : Refusal.class.getPermittedSubclasses()) {
            var samples = Stream.of(-1, 1).map(number -> sample(type, number)).toList();
            var statuses = samples.stream()
                    .map(sample -> Refusals.problem(sample).status())
                    .collect(Collectors.toCollection(TreeSet::new));
            Refusal one = samples.get(0);
            kinds.put(one.name(), new Kind(one.name(), Refusals.problem(one).title(), statuses, one.remedy()));
        }
        return List.copyOf(kinds.values());
    }

    public static String name(ProblemType type) {
        return type.type().substring(Problem.TYPE_PREFIX.length());
    }

    /** Each with the problems that are answered with it, by name. */
    public static Map<String, Kind> byName() {
        return Stream.concat(own().stream(), refusals().stream())
                .collect(Collectors.toMap(Kind::name, kind -> kind, (a, b) -> a, TreeMap::new));
    }

    /** A refusal whose numbers are all {@code number} and whose texts say nothing. */
    private static Refusal sample(Class<?> type, int number) {
        RecordComponent[] components = type.getRecordComponents();
        var types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        var values =
                Arrays.stream(types).map(component -> value(component, number)).toArray();
        try {
            var constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return (Refusal) constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("a refusal cannot be made: " + type, e);
        }
    }

    private static Object value(Class<?> type, int number) {
        if (type == int.class || type == Integer.class) {
            return number;
        }
        if (type == long.class || type == Long.class) {
            return (long) number;
        }
        if (type == List.class) {
            return List.of();
        }
        return type.isEnum() ? type.getEnumConstants()[0] : "…";
    }
}
