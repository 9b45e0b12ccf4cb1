package io.rebootless.product;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Says after the run what {@link KernelScenarios} came to on which kernel: on standard output and in {@code
 * target/kernels.txt}. JUnit finds it by its service file.
 */
public final class KernelTable implements TestExecutionListener {
    private static final Path FILE = Path.of("target", "kernels.txt");
    /** The row of what belongs to no scenario: building the module, booting, ending the guest. */
    private static final String AROUND = "before and after the scenarios";

    private enum Verdict {
        OK("ok"),
        SKIPPED("skipped"),
        FAILED("FAILED");

        final String word;

        Verdict(String word) {
            this.word = word;
        }

        /** A scenario may be several tests, one for each of its parameters; the worst of them counts. */
        Verdict orWorse(Verdict other) {
            return compareTo(other) >= 0 ? this : other;
        }
    }

    /** Which cell of the table a test belongs to. */
    private record Cell(String group, String scenario, String kernel) {}

    private static final class Row {
        final Map<String, Verdict> verdicts = new HashMap<>();
        long nanoseconds;
    }

    private final Map<String, Long> started = new HashMap<>();
    /** By name, for two classes and two kernels at a time come in any order. */
    private final Map<String, Map<String, Row>> groups = new TreeMap<>();

    private final Set<String> kernels = new TreeSet<>();
    private @Nullable TestPlan plan;

    @Override
    public synchronized void testPlanExecutionStarted(TestPlan plan) {
        this.plan = plan;
    }

    @Override
    public synchronized void executionStarted(TestIdentifier test) {
        started.put(test.getUniqueId(), System.nanoTime());
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        enter(test, Verdict.SKIPPED);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        enter(
                test,
                switch (result.getStatus()) {
                    case SUCCESSFUL -> Verdict.OK;
                    case ABORTED -> Verdict.SKIPPED;
                    case FAILED -> Verdict.FAILED;
                });
    }

    private synchronized void enter(TestIdentifier test, Verdict verdict) {
        // That a class or a kernel came to a good end is said by its tests.
        if (!test.isTest() && verdict == Verdict.OK) {
            return;
        }
        cell(test).ifPresent(cell -> {
            kernels.add(cell.kernel());
            Row row = groups.computeIfAbsent(cell.group(), group -> new LinkedHashMap<>())
                    .computeIfAbsent(cell.scenario(), scenario -> new Row());
            row.verdicts.merge(cell.kernel(), verdict, Verdict::orWorse);
            long now = System.nanoTime();
            row.nanoseconds += now - started.getOrDefault(test.getUniqueId(), now);
        });
    }

    /** The class, its run on one kernel, the scenario: three levels of JUnit's tree, wherever they lie in it. */
    private Optional<Cell> cell(TestIdentifier test) {
        Deque<TestIdentifier> path = new ArrayDeque<>();
        for (Optional<TestIdentifier> at = Optional.of(test); at.isPresent(); at = parent(at.get())) {
            path.push(at.get());
        }
        while (!path.isEmpty()) {
            TestIdentifier group = path.pop();
            if (isScenarios(group)) {
                String kernel = path.isEmpty() ? "all kernels" : path.pop().getDisplayName();
                String scenario = path.isEmpty() ? AROUND : path.pop().getDisplayName();
                return Optional.of(new Cell(group.getDisplayName(), scenario, kernel));
            }
        }
        return Optional.empty();
    }

    private Optional<TestIdentifier> parent(TestIdentifier test) {
        return plan == null ? Optional.empty() : plan.getParent(test);
    }

    private static boolean isScenarios(TestIdentifier test) {
        return test.getSource()
                .filter(ClassSource.class::isInstance)
                .map(source -> ((ClassSource) source).getJavaClass())
                .filter(type -> AnnotationSupport.isAnnotated(type, KernelScenarios.class))
                .isPresent();
    }

    @Override
    public synchronized void testPlanExecutionFinished(TestPlan plan) {
        if (groups.isEmpty()) {
            return;
        }
        String table = table();
        System.out.print(table);
        try {
            Files.createDirectories(FILE.getParent());
            Files.writeString(FILE, table);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String table() {
        groups.values().forEach(this::spread);
        int scenarioWidth = groups.values().stream()
                .flatMap(rows -> rows.keySet().stream())
                .mapToInt(String::length)
                .max()
                .orElse(0);
        List<String> lines = new ArrayList<>();
        lines.add(line(scenarioWidth, "Scenarios on kernels", kernels, "seconds"));
        Map<Verdict, Integer> counts = new HashMap<>();
        groups.forEach((group, rows) -> {
            lines.add(group);
            rows.forEach((scenario, row) -> {
                List<String> words = new ArrayList<>();
                for (String kernel : kernels) {
                    Verdict verdict = row.verdicts.get(kernel);
                    words.add(verdict == null ? "-" : verdict.word);
                    if (verdict != null) {
                        counts.merge(verdict, 1, Integer::sum);
                    }
                }
                String seconds = String.format(Locale.ROOT, "%.1f", row.nanoseconds / 1e9);
                lines.add(line(scenarioWidth, "  " + scenario, words, seconds));
            });
        });
        lines.add("%d ok, %d failed, %d skipped"
                .formatted(
                        counts.getOrDefault(Verdict.OK, 0),
                        counts.getOrDefault(Verdict.FAILED, 0),
                        counts.getOrDefault(Verdict.SKIPPED, 0)));
        return String.join("\n", lines) + "\n";
    }

    /** Where a class did not get as far as its scenarios, they share the fate of the class. */
    private void spread(Map<String, Row> rows) {
        Row around = rows.get(AROUND);
        if (around == null || rows.size() == 1) {
            return;
        }
        rows.values().forEach(row -> around.verdicts.forEach(row.verdicts::putIfAbsent));
        if (!around.verdicts.containsValue(Verdict.FAILED)) {
            rows.remove(AROUND);
        }
    }

    private String line(int scenarioWidth, String first, Collection<String> cells, String last) {
        StringBuilder line = new StringBuilder(pad(first, scenarioWidth + 2));
        var kernel = kernels.iterator();
        for (String cell : cells) {
            line.append("  ").append(pad(cell, kernel.next().length()));
        }
        return line.append("  ")
                .append(" ".repeat("seconds".length() - Math.min(7, last.length())))
                .append(last)
                .toString();
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
