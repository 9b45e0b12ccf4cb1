package io.rebootless.cli.patch;

import io.rebootless.guest.Guest;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The functions that a kernel has, and those of them that ftrace can divert, which is how a livepatch replaces one.
 *
 * @param names in {@code /proc/kallsyms}: the kernel's own and those of modules that are loaded
 * @param traceable in {@code available_filter_functions}
 */
record KernelFunctions(Set<String> names, Set<String> traceable) {
    /** What compilers put behind the name of a function that they have changed, or of a part of it. */
    private static final Pattern CHANGED = Pattern.compile("(\\.(isra|constprop|part|cold|\\d+))+");

    KernelFunctions {
        names = Set.copyOf(names);
        traceable = Set.copyOf(traceable);
    }

    static KernelFunctions of(Guest guest) {
        String kallsyms = guest.sh("awk '$2 == \"t\" || $2 == \"T\" { print $3 }' /proc/kallsyms");
        String filter = guest.sh("""
                [ -e /sys/kernel/tracing/available_filter_functions ] || mount -t tracefs tracefs /sys/kernel/tracing
                cut -d' ' -f1 /sys/kernel/tracing/available_filter_functions""");
        return new KernelFunctions(
                kallsyms.lines().collect(Collectors.toCollection(HashSet::new)),
                filter.lines().collect(Collectors.toCollection(HashSet::new)));
    }

    /** Why some functions cannot be replaced, a line each; empty if all can. */
    List<String> obstacles(List<String> functions) {
        return functions.stream()
                .filter(function -> !traceable.contains(function))
                .map(this::obstacle)
                .toList();
    }

    private String obstacle(String function) {
        if (names.contains(function)) {
            return function
                    + ": not traceable by ftrace, so a livepatch cannot replace it (it is marked notrace, or comes"
                    + " before ftrace); replace its callers";
        }
        var changed = new TreeSet<String>();
        for (String name : names) {
            if (name.startsWith(function)
                    && CHANGED.matcher(name.substring(function.length())).matches()) {
                changed.add(name);
            }
        }
        return changed.isEmpty()
                ? function + ": not found in this kernel: another name, a module that is not loaded (name it under"
                        + " modules), or the compiler has inlined it into its callers, which are then what to replace"
                : "%s: there is only %s, which the compiler has made of it; replace its callers"
                        .formatted(function, String.join(", ", changed));
    }
}
