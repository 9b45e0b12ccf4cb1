package io.rebootless.cli.rollout;

import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.Confirmation;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.server.PatchServer;
import io.rebootless.cli.server.RolloutApi;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.wire.HoldKind;
import io.rebootless.wire.HoldRequest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What all holds have in common. */
final class Holding {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Mixin
    private ServerOptions server;

    @ArgGroup(multiplicity = "1")
    private Whom whom = new Whom();

    /** Exactly one of them. */
    static final class Whom {
        @Option(
                names = "--host",
                paramLabel = "HOST",
                description = "One host: its id, the beginning of it, or its name.")
        Optional<String> host = Optional.empty();

        @Option(
                names = "--group",
                paramLabel = "NAME",
                description = "The hosts of a group, those that come into it later, too.")
        Optional<String> group = Optional.empty();

        @Option(names = "--all", description = "The whole fleet, hosts that join later, too.")
        boolean all;
    }

    @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why, for those who ask later.")
    private String reason;

    @Option(names = "--owner", paramLabel = "NAME", required = true, description = "Who is to be asked about it.")
    private String owner;

    @Option(
            names = "--for",
            paramLabel = "DURATION",
            description = "When it ends by itself, as ISO 8601 has it: PT4H, P7D. Needed for all but `hold none`.")
    private Optional<String> duration = Optional.empty();

    @Mixin
    private Confirmation confirmation;

    int hold(HoldKind kind, @Nullable Long level, @Nullable Instant publishedUntil) throws IOException {
        UUID host = whom.host.isPresent() ? PatchServer.connect(server).hostId(whom.host.get()) : null;
        HoldRequest request;
        try {
            request = new HoldRequest(
                    kind,
                    host,
                    whom.group.orElse(null),
                    level,
                    publishedUntil,
                    reason,
                    owner,
                    duration.isEmpty()
                            ? null
                            : end(duration.get(), Instant.now().truncatedTo(ChronoUnit.SECONDS)));
        } catch (IllegalArgumentException e) {
            throw new CommandFailed(
                    ExitCode.USAGE, String.valueOf(e.getMessage()).replaceFirst("^expires: ", "--for: "));
        }
        var api = RolloutApi.connect(server);
        if (confirmation.given(api.preview(request))) {
            var hold = api.hold(request);
            var out = spec.commandLine().getOut();
            out.println(
                    "hold %s stands%s".formatted(hold.id(), hold.expires() == null ? "" : " until " + hold.expires()));
            out.println("It ends%s with `rebootless hold lift %s`."
                    .formatted(hold.expires() == null ? "" : " sooner", hold.id()));
        }
        return ExitCode.OK;
    }

    private static Instant end(String text, Instant now) {
        try {
            return text.contains("T")
                    ? now.plus(Duration.parse(text))
                    : now.atOffset(ZoneOffset.UTC).plus(Period.parse(text)).toInstant();
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("--for: a duration such as PT4H or P7D expected", e);
        }
    }
}
