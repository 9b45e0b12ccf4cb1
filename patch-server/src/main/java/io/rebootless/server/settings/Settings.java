package io.rebootless.server.settings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.bouncycastle.util.IPAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Everything under {@code rebootless.} in the configuration; {@code docs/server.md} is the operator's table of it. A name
 * that is no setting ends the start: a mistyped threshold must not become the default.
 *
 * @param data holds whatever the server must not lose
 * @param trust whose bundles are taken
 * @param fleet how hosts are spoken to
 * @param tls how the server shows who it is
 * @param proxy who may say where a request comes from
 * @param postgres the embedded PostgreSQL
 * @param cluster the servers that share one database
 * @param scrub how the bundles' files are looked after
 * @param install what hosts are installed from
 */
@ConfigurationProperties(prefix = "rebootless", ignoreUnknownFields = false)
public record Settings(
        @DefaultValue("rebootless-data") Path data,
        @DefaultValue Trust trust,
        @DefaultValue Fleet fleet,
        @DefaultValue Tls tls,
        @DefaultValue Proxy proxy,
        @DefaultValue Postgres postgres,
        @DefaultValue Cluster cluster,
        @DefaultValue Scrub scrub,
        @DefaultValue Install install) {

    /**
     * Whose bundles are taken.
     *
     * @param directory of the publishers' certificates; {@code trust.d} in the data directory if absent
     * @param threshold how many distinct publishers must have signed
     */
    public record Trust(
            @Nullable Path directory, @DefaultValue("1") int threshold) {
        public Trust {
            range("rebootless.trust.threshold", threshold, 1, 16);
        }
    }

    /**
     * How hosts are spoken to.
     *
     * @param pollSeconds from one poll of a host to its next; up to 50 it hangs on the line in between, and so hears of
     *     a publication at once
     * @param silentAfter after which the server claims nothing about a host any more
     * @param retireAfter after which a silent host has left the fleet
     */
    public record Fleet(
            @DefaultValue("50") int pollSeconds,
            @DefaultValue("15m") Duration silentAfter,
            @DefaultValue("30d") Duration retireAfter) {
        private static final Duration SHORTEST_RETIREMENT = Duration.ofHours(1);

        public Fleet {
            range("rebootless.fleet.poll-seconds", pollSeconds, 1, 86_400);
            if (silentAfter.compareTo(Duration.ofSeconds(pollSeconds)) <= 0) {
                throw new BadSettingException(
                        "rebootless.fleet.silent-after is %s, no longer than rebootless.fleet.poll-seconds"
                                .formatted(silentAfter),
                        "Set it to several times the poll interval, or every host will be called silent.");
            }
            if (retireAfter.compareTo(SHORTEST_RETIREMENT) < 0 || retireAfter.compareTo(silentAfter) <= 0) {
                throw new BadSettingException(
                        "rebootless.fleet.retire-after is %s".formatted(retireAfter),
                        "Set it to 1h or more, and to more than rebootless.fleet.silent-after: a host that has left must"
                                + " enrol again.");
            }
        }
    }

    /** How the server shows who it is. */
    public enum TlsMode {
        /** HTTPS with a certificate by the server's own authority. */
        OWN_CA,
        /** Plain HTTP, for a proxy on the same machine. */
        OFF
    }

    /**
     * HTTPS.
     *
     * @param mode ignored when a certificate is configured
     * @param names host names and IP addresses in the certificate, besides localhost and the machine's own name
     * @param certificate a chain in PEM, in place of one by the server's own authority; with {@code key}
     * @param key its key in PEM
     * @param grace from the announcement of a next authority to the switch
     */
    public record Tls(
            @DefaultValue("own-ca") TlsMode mode,
            @DefaultValue List<String> names,
            @Nullable Path certificate,
            @Nullable Path key,
            @DefaultValue("7d") Duration grace) {
        private static final Duration MAX_GRACE = Duration.ofDays(365);
        private static final Pattern NAME =
                Pattern.compile("(?:\\*\\.)?[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9a-fA-F:.]{2,45}");

        public Tls {
            names = names.stream().map(String::strip).toList();
            for (String name : names) {
                if (!NAME.matcher(name).matches()) {
                    throw new BadSettingException(
                            "rebootless.tls.names contains \"%s\", which is no host name or IP address".formatted(name),
                            "List the names by which agents and people reach the server, separated by commas.");
                }
            }
            if ((certificate == null) != (key == null)) {
                throw new BadSettingException(
                        "rebootless.tls.%s is set alone".formatted(certificate == null ? "key" : "certificate"),
                        "Set both rebootless.tls.certificate and rebootless.tls.key, or neither.");
            }
            if (certificate != null && mode == TlsMode.OFF) {
                throw new BadSettingException(
                        "rebootless.tls.mode is off, and rebootless.tls.certificate is set",
                        "Remove one of the two: a certificate is of no use to plain HTTP.");
            }
            if (grace.isNegative() || grace.compareTo(MAX_GRACE) > 0) {
                throw new BadSettingException(
                        "rebootless.tls.grace is %s".formatted(grace), "Set it to a time from 0s to 365d.");
            }
        }
    }

    /**
     * The proxies in front of the server.
     *
     * @param trusted addresses and networks whose {@code X-Forwarded-} headers are believed
     */
    public record Proxy(@DefaultValue List<String> trusted) {
        private static final Pattern NETWORK = Pattern.compile("([0-9a-fA-F:.]{2,45})(?:/([0-9]{1,3}))?");

        public Proxy {
            trusted = trusted.stream().map(String::strip).toList();
            for (String network : trusted) {
                if (!valid(network)) {
                    throw new BadSettingException(
                            "rebootless.proxy.trusted contains \"%s\", which is no address or network"
                                    .formatted(network),
                            "List the proxies' addresses (192.0.2.7, 2001:db8::7) or networks (192.0.2.0/24), separated"
                                    + " by commas.");
                }
            }
        }

        private static boolean valid(String network) {
            var parts = NETWORK.matcher(network);
            if (!parts.matches()) {
                return false;
            }
            boolean four = IPAddress.isValidIPv4(parts.group(1));
            if (!four && !IPAddress.isValidIPv6(parts.group(1))) {
                return false;
            }
            return parts.group(2) == null || Integer.parseInt(parts.group(2)) <= (four ? 32 : 128);
        }
    }

    /**
     * The embedded PostgreSQL, used when {@code spring.datasource.url} is absent.
     *
     * @param port on the loopback interface; 0 for a free one
     */
    public record Postgres(@DefaultValue("0") int port) {
        public Postgres {
            range("rebootless.postgres.port", port, 0, 65_535);
        }
    }

    /**
     * The servers that share one database.
     *
     * @param blindAfter for so long a server that does not hear of the others' changes relies on what it remembers
     */
    public record Cluster(@DefaultValue("10s") Duration blindAfter) {
        private static final Duration MIN = Duration.ofSeconds(1);
        private static final Duration MAX = Duration.ofMinutes(1);

        public Cluster {
            if (blindAfter.compareTo(MIN) < 0 || blindAfter.compareTo(MAX) > 0) {
                throw new BadSettingException(
                        "rebootless.cluster.blind-after is %s".formatted(blindAfter),
                        "Set it to a time from 1s to 1m: so long a revoked token may go on to work at a server that is"
                                + " cut off from the database.");
            }
        }
    }

    /**
     * How the bundles' files are looked after.
     *
     * @param every from the end of one look at all of them to the next; zero for none but on demand
     */
    public record Scrub(@DefaultValue("1d") Duration every) {
        private static final Duration SHORTEST = Duration.ofMinutes(1);

        public Scrub {
            if (!every.isZero() && every.compareTo(SHORTEST) < 0) {
                throw new BadSettingException(
                        "rebootless.scrub.every is " + every,
                        "Set it to 1m or more, such as 1d, or to 0 for no scrub but on demand.");
            }
        }
    }

    /**
     * What hosts are installed from.
     *
     * @param directory of the packages; {@code install.d} in the data directory if absent
     */
    public record Install(@Nullable Path directory) {}

    /** Where the packages for hosts are. */
    public Path installDirectory() {
        Path directory = install.directory();
        return directory == null ? data.resolve("install.d") : directory;
    }

    /** Where the publishers' certificates are. */
    public Path trustDirectory() {
        Path directory = trust.directory();
        return directory == null ? data.resolve("trust.d") : directory;
    }

    private static void range(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new BadSettingException(
                    "%s is %d".formatted(name, value), "Set it to a number from %d to %d.".formatted(min, max));
        }
    }
}
