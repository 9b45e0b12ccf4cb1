package io.rebootless.agent.status;

import io.rebootless.wire.BundleReference;
import io.rebootless.wire.Directive;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One screen: a line a fact, ✓ or ✗ before it, and the verdict last. */
final class StatusText {
    private final Status status;
    private final List<String> lines = new ArrayList<>();

    private StatusText(Status status) {
        this.status = status;
    }

    static String of(Status status, Instant now) {
        var text = new StatusText(status);
        text.lines.add("%s, Linux %s %s, build %s"
                .formatted(
                        status.hostname(),
                        status.kernel().release(),
                        status.kernel().machine(),
                        status.kernel().buildId().hex()));
        text.server(now);
        text.serverTrouble(now);
        text.module();
        text.order();
        text.kernel();
        text.exceptions();
        text.lines.add(text.verdict());
        return String.join("\n", text.lines);
    }

    private void server(Instant now) {
        String name = status.server().map(Object::toString).orElse("no server");
        if (!status.enrolled()) {
            line(false, "not enrolled; to enrol: rebootless-agent enroll --server https://… --ca FILE");
        } else if (status.contact().isEmpty()) {
            line(false, "enrolled at " + name + ", which has not answered yet; does the service run?");
        } else {
            var silence = Duration.between(status.contact().get(), now);
            line(true, "enrolled at %s, which answered %s ago".formatted(name, ago(silence)));
        }
    }

    /** Apart from what is wrong here: it is mended at the server, at a proxy, or in the network. */
    private void serverTrouble(Instant now) {
        status.serverTrouble().ifPresent(trouble -> {
            String next = trouble.next()
                    .map(then -> Duration.between(now, then))
                    .map(wait -> wait.isNegative() ? "; the next try is due" : "; next try in " + ago(wait))
                    .orElse("");
            line(
                    false,
                    "server problem, not a patch problem, for %s: %s%s"
                            .formatted(ago(Duration.between(trouble.since(), now)), trouble.what(), next));
        });
    }

    private void module() {
        var livepatch = status.livepatch();
        if (!livepatch.moduleLoaded()) {
            line(false, "the kernel module is not loaded; see `systemctl status rebootless-trust`");
        } else if (!livepatch.sealed()) {
            line(false, "the kernel module's trust is not sealed; see `systemctl status rebootless-trust`");
        } else {
            line(true, "the kernel module is loaded, its trust sealed");
        }
    }

    private void order() {
        if (status.directive().isEmpty()) {
            line(false, "the server has ordered nothing yet for this kernel build");
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
        line(true, "ordered " + order + reason);
    }

    private void kernel() {
        var livepatch = status.livepatch();
        String patch = "level %d (%s)".formatted(livepatch.level(), livepatch.patch());
        if (livepatch.level() == 0) {
            line(false, "no livepatch of ours is in force");
        } else if (livepatch.transition()) {
            line(
                    false,
                    patch + (livepatch.enabled() ? " is on its way in" : " is on its way out")
                            + ": some tasks still run the old code");
        } else if (!livepatch.enabled()) {
            line(false, patch + " is turned off");
        } else {
            line(true, patch + " is in force for every task");
        }
    }

    private void exceptions() {
        status.hold()
                .ifPresent(hold -> line(
                        false,
                        "held on this host since %s: %s; lift it with `rebootless-agent resume`"
                                .formatted(hold.since(), hold.reason())));
        if (status.hold().isEmpty()) {
            status.failure()
                    .ifPresent(failure -> line(
                            false, "%s: %s, %s".formatted(word(status.state()), failure.name(), failure.message())));
        }
    }

    private String verdict() {
        return switch (status.verdict()) {
            case PROTECTED -> "protected: the level ordered is in force";
            case BEHIND -> "behind: the agent is at \"%s\"".formatted(word(status.state()));
            case ATTENTION -> "attention: see the last ✗";
            case HELD -> "held";
            case NOT_ENROLLED -> "not enrolled";
        };
    }

    private void line(boolean good, String text) {
        lines.add((good ? "✓ " : "✗ ") + text);
    }

    private static String name(BundleReference bundle) {
        return "level %d (%s)".formatted(bundle.level(), bundle.publication());
    }

    private static String ago(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 120) {
            return seconds + " s";
        }
        return seconds < 7200 ? seconds / 60 + " min" : seconds / 3600 + " h";
    }

    private static String word(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }
}
