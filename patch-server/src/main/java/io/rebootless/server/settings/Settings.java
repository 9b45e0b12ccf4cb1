package io.rebootless.server.settings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
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
 * @param postgres the embedded PostgreSQL
 * @param cluster the servers that share one database
 */
@ConfigurationProperties(prefix = "rebootless", ignoreUnknownFields = false)
public record Settings(
        @DefaultValue("rebootless-data") Path data,
        @DefaultValue Trust trust,
        @DefaultValue Fleet fleet,
        @DefaultValue Tls tls,
        @DefaultValue Postgres postgres,
        @DefaultValue Cluster cluster) {

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
     */
    public record Fleet(
            @DefaultValue("50") int pollSeconds,
            @DefaultValue("15m") Duration silentAfter) {
        public Fleet {
            range("rebootless.fleet.poll-seconds", pollSeconds, 1, 86_400);
            if (silentAfter.compareTo(Duration.ofSeconds(pollSeconds)) <= 0) {
                throw new BadSettingException(
                        "rebootless.fleet.silent-after is %s, no longer than rebootless.fleet.poll-seconds"
                                .formatted(silentAfter),
                        "Set it to several times the poll interval, or every host will be called silent.");
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
     * @param mode ignored when {@code server.ssl.*} configures a certificate
     * @param names host names and IP addresses in the certificate, besides localhost and the machine's own name
     */
    public record Tls(
            @DefaultValue("own-ca") TlsMode mode,
            @DefaultValue List<String> names) {
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
