package io.rebootless.agent.command;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** When a hold ends by itself, if it does. */
final class HoldEnd {
    private static final Duration LONGEST = Duration.ofDays(366);

    @Option(
            names = "--for",
            paramLabel = "TIME",
            converter = Length.class,
            description = "The hold ends by itself after so long: 90m, 8h, 2d, 1d12h.")
    private @Nullable Duration length;

    @Option(
            names = "--until",
            paramLabel = "TIMESTAMP",
            converter = Moment.class,
            description =
                    "The hold ends by itself then: 2026-12-24T18:00Z, or 2026-12-24T18:00 by this host's time zone.")
    private @Nullable Instant moment;

    /** The moment, in the future of {@code now}; a wrong command line otherwise. */
    Optional<Instant> after(Instant now, CommandSpec spec) {
        if (length == null && moment == null) {
            return Optional.empty();
        }
        Instant end = moment != null ? moment : now.plus(length == null ? Duration.ZERO : length);
        if (!end.isAfter(now)) {
            throw new ParameterException(spec.commandLine(), "The hold would end at %s, which is past".formatted(end));
        }
        if (end.isAfter(now.plus(LONGEST))) {
            throw new ParameterException(
                    spec.commandLine(),
                    "The hold would end at %s, in more than %d days; leave its end away for one without an end"
                            .formatted(end, LONGEST.toDays()));
        }
        return Optional.of(end.truncatedTo(ChronoUnit.SECONDS));
    }

    /** Days, hours and minutes, in this order. */
    static final class Length implements ITypeConverter<Duration> {
        private static final Pattern FORM = Pattern.compile("(?:(\\d{1,3})d)?(?:(\\d{1,4})h)?(?:(\\d{1,5})m)?");

        @Override
        public Duration convert(String text) {
            var form = FORM.matcher(text);
            if (text.isEmpty() || !form.matches()) {
                throw new TypeConversionException("write days, hours and minutes as in 90m, 8h or 1d12h, not " + text);
            }
            return Duration.ofDays(number(form.group(1)))
                    .plusHours(number(form.group(2)))
                    .plusMinutes(number(form.group(3)));
        }

        private static long number(@Nullable String digits) {
            return digits == null ? 0 : Long.parseLong(digits);
        }
    }

    /** ISO 8601, with an offset or in the host's own time zone. */
    static final class Moment implements ITypeConverter<Instant> {
        @Override
        public Instant convert(String text) {
            try {
                return OffsetDateTime.parse(text).toInstant();
            } catch (DateTimeException withoutOffset) {
                try {
                    return LocalDateTime.parse(text)
                            .atZone(ZoneId.systemDefault())
                            .toInstant();
                } catch (DateTimeException e) {
                    throw new TypeConversionException("write it as in 2026-12-24T18:00Z, not " + text);
                }
            }
        }
    }
}
