package io.rebootless.agent.status;

import io.rebootless.agent.memory.Hold;
import io.rebootless.agent.memory.ServerTrouble;
import io.rebootless.agent.settings.Loader;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.Directive;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** One screen: a line a fact, ✓ or ✗ before it (· where this user cannot see), and the verdict last. */
final class StatusText {
    /** A server that was not heard of for so long is worth a ✗: polls are a minute or so apart. */
    private static final Duration SILENCE = Duration.ofMinutes(15);

    private final Status status;
    private final Instant now;
    private final List<String> lines = new ArrayList<>();

    private StatusText(Status status, Instant now) {
        this.status = status;
        this.now = now;
    }

    static String of(Status status, Instant now) {
        var text = new StatusText(status, now);
        text.lines.add("%s, Linux %s %s, build %s"
                .formatted(
                        status.hostname(),
                        status.kernel().release(),
                        status.kernel().machine(),
                        status.kernel().buildId().hex()));
        text.server();
        text.serverTrouble();
        text.service();
        text.module();
        text.trust();
        text.order();
        text.kernel();
        text.effect();
        text.blocking();
        text.quarantined();
        text.exceptions();
        text.lines.add(text.verdict());
        return String.join("\n", text.lines);
    }

    private void server() {
        String name = status.server().map(Object::toString).orElse("no server");
        if (!status.enrolled()) {
            bad("not enrolled; to enrol: rebootless-agent enroll --server https://… --ca FILE");
        } else if (retired()) {
            bad(
                    "retired by %s; what is in force stays in force; to have this host back: rebootless-agent enroll --force …"
                            .formatted(name));
        } else if (status.contact().isEmpty()) {
            bad("enrolled at " + name + ", which has not answered yet; does the service run?");
        } else if (silent()) {
            bad("enrolled at %s, which has not answered for %s; what is in force stays in force"
                    .formatted(name, ago(status.contact().get())));
        } else {
            good("enrolled at %s, which answered %s ago"
                    .formatted(name, ago(status.contact().get())));
        }
    }

    private boolean retired() {
        return status.serverTrouble().flatMap(ServerTrouble::retired).isPresent();
    }

    private boolean silent() {
        return status.contact()
                .filter(contact -> Duration.between(contact, now).compareTo(SILENCE) > 0)
                .isPresent();
    }

    private void service() {
        switch (status.service()) {
            case RUNNING -> good("the service runs");
            case STOPPED ->
                bad("the service does not run, so nothing new comes; `systemctl enable --now rebootless-agent`");
            case UNKNOWN -> unseen("whether the service runs: /proc shows this user no processes of others");
        }
    }

    /** Apart from what is wrong here: it is mended at the server, at a proxy, or in the network. */
    private void serverTrouble() {
        status.serverTrouble().filter(trouble -> trouble.retired().isEmpty()).ifPresent(trouble -> {
            String next = trouble.next()
                    .map(then -> Duration.between(now, then))
                    .map(wait -> wait.isNegative() ? "; the next try is due" : "; next try in " + length(wait))
                    .orElse("");
            bad("server problem, not a patch problem, for %s: %s%s"
                    .formatted(ago(trouble.since()), trouble.what(), next));
        });
    }

    private void module() {
        var livepatch = status.livepatch();
        if (status.loader() == Loader.DIRECT) {
            good("loads livepatches itself (loader = direct)");
        } else if (!livepatch.moduleLoaded()) {
            bad("the kernel module is not loaded; see `systemctl status rebootless-trust`");
        } else if (!livepatch.sealed()) {
            bad("the kernel module's trust is not sealed; see `systemctl status rebootless-trust`");
        } else {
            good("the kernel module is loaded, its trust sealed");
        }
    }

    private void trust() {
        var trust = status.trust();
        if (trust.problem().isPresent()) {
            bad("nobody is trusted: " + trust.problem().get());
            return;
        }
        String whom = "trusts %s, %d must sign%s"
                .formatted(
                        count(trust.publishers(), "publisher"),
                        trust.threshold(),
                        trust.level() == 0 ? "" : " (trust level " + trust.level() + ")");
        switch (trust.kernel()) {
            case SAME -> good(whom + "; so does the kernel module");
            case BY_KEYRING -> good(whom + "; the kernel module goes by the kernel's own keyring");
            case NO_KEYRING -> good(whom + "; nobody verifies after this agent");
            case DIFFERENT -> bad(whom + "; the kernel module trusts otherwise, see `rebootless-agent trust`");
            case NOT_SEALED, NO_MODULE -> good(whom);
            case UNKNOWN -> unseen(whom + "; whether the kernel module does, it tells only root");
        }
    }

    private void order() {
        if (status.directive().isEmpty()) {
            bad("the server has ordered nothing yet for this kernel build");
            return;
        }
        Directive directive = status.directive().get();
        BundleReference bundle = directive.bundle();
        String order = switch (directive.order()) {
            case RUN -> "to run " + (bundle == null ? "" : name(bundle));
            case NONE -> "to run no livepatch";
            case HOLD -> "to stay as it is";
        };
        String reason = directive.reason() == null ? "" : " (" + directive.reason() + ")";
        good("ordered " + order + reason);
    }

    private void kernel() {
        var livepatch = status.livepatch();
        String patch = "level %d (%s)".formatted(livepatch.level(), livepatch.patch());
        if (livepatch.level() == 0) {
            bad("no livepatch of ours is in force");
        } else if (livepatch.transition()) {
            bad(patch
                    + (livepatch.enabled() ? " is on its way in" : " is on its way out")
                    + ": some tasks still run the old code"
                    + left(UnderWay.Phase.APPLYING, "; reversed if that is so in "));
        } else if (!livepatch.enabled()) {
            bad(patch + " is turned off");
        } else {
            good(patch + " is in force for every task");
            String soak = left(UnderWay.Phase.SOAKING, "");
            if (!soak.isEmpty()) {
                bad("it is being watched, for %s more; until then it has not settled".formatted(soak));
            }
        }
    }

    private String left(UnderWay.Phase phase, String before) {
        return status.underWay()
                .filter(underWay -> underWay.phase() == phase)
                .map(underWay -> before + length(Duration.ofSeconds(underWay.secondsLeft())))
                .orElse("");
    }

    private void effect() {
        if (status.inForce().isEmpty()) {
            return;
        }
        if (status.effective().isEmpty()) {
            unseen("what it fixes: in-force.json is not there yet; the running service writes it within minutes");
            return;
        }
        var effective = status.effective().get();
        good("%s; it fixes %s: %s"
                .formatted(
                        effective
                                .effectiveVersion()
                                .map(version -> "effective kernel version " + version)
                                .orElse("no effective kernel version is named"),
                        CveCount.of(effective.cves()),
                        effective.title()));
    }

    private void exceptions() {
        for (var hold : status.holds()) {
            bad("%s since %s: %s; %s"
                    .formatted(
                            word(hold.mode()), hold.since().truncatedTo(ChronoUnit.SECONDS), hold.reason(), end(hold)));
        }
        if (status.holds().isEmpty()) {
            status.failure()
                    .ifPresent(failure ->
                            bad("%s: %s, %s".formatted(lower(status.state()), failure.name(), failure.message())));
        }
    }

    private void blocking() {
        if (!status.blocking().isEmpty()) {
            bad("the last transition was held up by "
                    + status.blocking().stream()
                            .map(task -> task.pid() + " " + task.name())
                            .collect(Collectors.joining(", ")));
        }
    }

    private void quarantined() {
        for (var bundle : status.quarantined()) {
            bad(
                    "level %d (%s) is quarantined since %s: %s, %s; it is not applied again before an operator lifts that on the server"
                            .formatted(
                                    bundle.level(),
                                    bundle.publication(),
                                    bundle.at(),
                                    bundle.reason().name(),
                                    bundle.reason().message()));
        }
    }

    private static String word(Hold.Mode mode) {
        return switch (mode) {
            case KEEP -> "held at its level on this host";
            case STAY -> "held on this host, nothing is changed,";
            case OFF -> "held off on this host";
        };
    }

    private String end(Hold hold) {
        return switch (hold.source()) {
            case COMMAND ->
                hold.until()
                                .map(until ->
                                        "ends at %s (in %s); ".formatted(until, length(Duration.between(now, until))))
                                .orElse("")
                        + "lift it with `rebootless-agent resume`";
            case MODE_FILE -> "lift it by writing on into that file";
            case POLICY_FILE -> "lift it by mending that file";
            case KERNEL_ARGUMENT -> "it lasts until a boot without that";
        };
    }

    private String verdict() {
        return switch (status.verdict()) {
            case PROTECTED ->
                "protected%s: the level ordered is in force"
                        .formatted(
                                silent()
                                        ? ", as of the server's word %s ago"
                                                .formatted(ago(status.contact().orElse(now)))
                                        : "");
            case BEHIND -> "behind: " + behind();
            case ATTENTION -> "attention: see the last ✗";
            case HELD -> "held: " + held();
            case NOT_ENROLLED -> "not enrolled";
        };
    }

    private String behind() {
        if (status.directive().isEmpty()) {
            return "nothing is ordered yet";
        }
        return status.underWay()
                .map(underWay -> name(underWay.bundle())
                        + (underWay.phase() == UnderWay.Phase.SOAKING
                                ? " is being watched and has not settled"
                                : " is not in force for every task"))
                .orElseGet(() -> "the agent is at \"%s\"".formatted(lower(status.state())));
    }

    private String held() {
        String by = status.holds().isEmpty() ? "by the server" : "on this host";
        return by
                + (status.livepatch().inForce()
                        ? ", level %d is in force".formatted(status.livepatch().level())
                        : ", no livepatch of ours is in force");
    }

    private void good(String text) {
        lines.add("✓ " + text);
    }

    private void bad(String text) {
        lines.add("✗ " + text);
    }

    private void unseen(String text) {
        lines.add("· not known: " + text);
    }

    private static String name(BundleReference bundle) {
        return "level %d (%s)".formatted(bundle.level(), bundle.publication());
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private String ago(Instant then) {
        return length(Duration.between(then, now));
    }

    /** In the unit that people would choose. */
    static String length(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 120) {
            return seconds + " s";
        }
        if (seconds < 2 * 3600) {
            return seconds / 60 + " min";
        }
        return seconds < 48 * 3600 ? seconds / 3600 + " h" : seconds / (24 * 3600) + " d";
    }

    private static String lower(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }
}
