package io.rebootless.agent.preflight;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A wrong clock breaks TLS and nothing else: deadlines and soaks count the time since boot.
 *
 * @param now by this host's clock
 * @param version {@code uname -v}, which holds the year when the kernel was built
 * @param authorities those given for the server
 */
record ClockPlausible(Instant now, String version, List<Authority> authorities) implements Check {
    private static final Pattern YEAR = Pattern.compile("\\b(20[0-9]{2})\\b");
    private static final String SET = "Set the clock (timedatectl, chrony).";

    /**
     * A certificate authority and when it is valid.
     *
     * @param subject its name
     */
    record Authority(String subject, Instant notBefore, Instant notAfter) {}

    ClockPlausible {
        // Nobody reads fractions of it.
        now = now.truncatedTo(ChronoUnit.SECONDS);
        authorities = List.copyOf(authorities);
    }

    @Override
    public String name() {
        return "clock";
    }

    @Override
    public Finding judge() {
        int year = now.atZone(ZoneOffset.UTC).getYear();
        int built = YEAR.matcher(version)
                .results()
                .mapToInt(found -> Integer.parseInt(found.group(1)))
                .max()
                .orElse(0);
        if (year < built) {
            return attention("%s, though this kernel was built in %d".formatted(now, built), SET);
        }
        for (var authority : authorities) {
            if (now.isBefore(authority.notBefore())) {
                return attention(
                        "%s, before %s is valid (%s)".formatted(now, authority.subject(), authority.notBefore()), SET);
            }
            if (now.isAfter(authority.notAfter())) {
                return attention(
                        "%s, after %s has expired (%s)".formatted(now, authority.subject(), authority.notAfter()),
                        "If the clock is right, get the server's present CA. " + SET);
            }
        }
        return ready(now.toString());
    }
}
