package io.rebootless.cli.patch;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a kernel says of a livepatch that it does not take, and what a publisher can do about it. */
final class KernelWords {
    /** A line of the kernel's log, and what it means; both for {@link String#format} with the line's groups. */
    private record Saying(Pattern words, String meaning) {}

    // kernel/livepatch/core.c, kernel/livepatch/patch.c and kernel/module/main.c
    private static final List<Saying> SAYINGS = List.of(
            new Saying(
                    Pattern.compile("livepatch: symbol '([^']+)' not found in symbol table"),
                    "the kernel has no function %s of its own: it has another name there, or the compiler has inlined it"
                            + " into its callers, which are then what to replace"),
            new Saying(
                    Pattern.compile("livepatch: unresolvable ambiguity for symbol '([^']+)'.*"),
                    "the kernel has several functions %s: say by .old_sympos which of them in the order of"
                            + " /proc/kallsyms is meant"),
            new Saying(
                    Pattern.compile("livepatch: symbol position \\d+ for symbol '([^']+)'.* not found"),
                    "the kernel has fewer functions %s than .old_sympos says"),
            new Saying(
                    Pattern.compile(
                            "livepatch: failed to (?:register ftrace handler|set ftrace filter) for function '([^']+)'.*"),
                    "ftrace cannot follow %s: it is marked notrace, or another livepatch or kprobe has taken it"),
            new Saying(
                    Pattern.compile("(?:\\S+: )?Unknown symbol (\\S+) \\(err -?\\d+\\)"),
                    "%s is not there for modules in this kernel: not exported, or in a kernel module that is not loaded"
                            + " (name it under modules)"),
            new Saying(
                    Pattern.compile("\\S+: version magic '([^']+)' should be '[^']+'"),
                    "the livepatch was made for another kernel build, %s"),
            new Saying(
                    Pattern.compile("\\S+: disagrees about version of symbol (\\S+)"),
                    "the livepatch was made against headers of another kernel build: %s has another type there"),
            new Saying(
                    Pattern.compile(
                            "livepatch: Livepatch patch \\((\\S+)\\) is not compatible with the already installed"
                                    + " livepatches\\."),
                    "the states of %s do not fit those of what is in force"));

    private KernelWords() {}

    /** What the log means, each once, in its order; empty if it says nothing that is known here. */
    static List<String> meanings(String log) {
        return log.lines().flatMap(line -> meaning(line).stream()).distinct().toList();
    }

    private static Optional<String> meaning(String line) {
        return SAYINGS.stream()
                .flatMap(saying -> {
                    var found = saying.words().matcher(line);
                    return found.find() ? Stream.of(saying.meaning().formatted(found.group(1))) : Stream.of();
                })
                .findFirst();
    }
}
