package io.rebootless.agent.preflight;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who else has a hand on kernel functions. One user at a time may redirect a function: a livepatch of a function
 * that another one holds is refused (EBUSY). A plain probe stays, and no longer sees what the livepatch replaces.
 *
 * @param traced {@code enabled_functions} of tracefs
 * @param probes {@code /sys/kernel/debug/kprobes/list}
 * @param replaced functions that the livepatch in {@code --bundle} replaces; empty without the option
 */
record FunctionUsers(Seen traced, Seen probes, Set<String> replaced) implements Check {
    /** A function, its count of users, and letters that are set apart from addresses and names that follow. */
    private static final Pattern TRACED = Pattern.compile("(\\S+)(?: \\[\\S+])? \\([0-9]+\\)((?:\\s+[A-Z])*).*");

    /** An address, the kind of probe, and symbol plus offset. */
    private static final Pattern PROBE = Pattern.compile("[0-9a-f]+\\s+[kr]\\s+([^\\s+]+)(?:\\+0x[0-9a-f]+)?.*");

    private static final String KERNELS_OWN = "klp_ftrace_handler";
    private static final int SHOWN = 5;

    FunctionUsers {
        replaced = Set.copyOf(replaced);
    }

    @Override
    public String name() {
        return "function-users";
    }

    @Override
    public Finding judge() {
        if (traced.text().isEmpty() || probes.text().isEmpty()) {
            Seen missing = traced.text().isEmpty() ? traced : probes;
            return unseen(
                    why(missing),
                    missing instanceof Seen.Denied
                            ? SecurityFiles.AS_ROOT
                            : "mount -t debugfs debugfs /sys/kernel/debug, then run preflight again.");
        }
        var redirected = new TreeSet<String>();
        var watched = new TreeSet<String>();
        for (String line : traced.text().get().lines().toList()) {
            var function = TRACED.matcher(line);
            if (function.matches() && !line.contains(KERNELS_OWN)) {
                boolean redirects =
                        List.of(function.group(2).strip().split("\\s+")).contains("I");
                (redirects ? redirected : watched).add(function.group(1));
            }
        }
        probes.text().get().lines().map(PROBE::matcher).filter(Matcher::matches).forEach(probe -> {
            if (!redirected.contains(probe.group(1))) {
                watched.add(probe.group(1));
            }
        });
        return replaced.isEmpty() ? all(redirected, watched) : those(redirected, watched);
    }

    private Finding all(Set<String> redirected, Set<String> watched) {
        if (!redirected.isEmpty()) {
            return attention(
                    "redirected by somebody else: %s; a livepatch of these is refused".formatted(some(redirected)),
                    "Give --bundle FILE, which says whether it replaces any of them.");
        }
        return ready(
                watched.isEmpty() ? "none" : "watched only, which hinders no livepatch: %s".formatted(some(watched)));
    }

    private Finding those(Set<String> redirected, Set<String> watched) {
        redirected.retainAll(replaced);
        watched.retainAll(replaced);
        if (!redirected.isEmpty()) {
            return blocked(
                    "the bundle replaces what somebody else redirects: %s".formatted(some(redirected)),
                    "End what holds them (a fault injector, a probe with a post-handler, before Linux 6.0 a BPF fentry program): /sys/kernel/debug/kprobes/list and `bpftool prog` name them.");
        }
        if (!watched.isEmpty()) {
            return attention(
                    "the bundle replaces what is watched: %s".formatted(some(watched)),
                    "Know that probes there see nothing more while the livepatch is in force.");
        }
        return ready("none on the %d functions that the bundle replaces".formatted(replaced.size()));
    }

    private static String why(Seen seen) {
        return seen instanceof Seen.Denied denied ? denied.why() : "tracefs or debugfs is not mounted";
    }

    private static String some(Set<String> functions) {
        var first = new ArrayList<>(functions).subList(0, Math.min(SHOWN, functions.size()));
        return String.join(", ", first)
                + (functions.size() > SHOWN ? " and %d more".formatted(functions.size() - SHOWN) : "");
    }
}
