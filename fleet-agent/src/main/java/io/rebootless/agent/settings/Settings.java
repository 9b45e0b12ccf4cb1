package io.rebootless.agent.settings;

import io.rebootless.agent.transport.ProxySettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code agent.properties} says.
 *
 * @param file where it was read, or would be
 * @param server the patch server; absent before enrolment
 * @param ca the certificate authority of the server's certificate; absent: those that Java knows
 * @param proxy on the way to the server and to the stores that it points to
 * @param allowHttp whether a server without TLS is put up with
 * @param trustDirectory whom to trust: certificates, how many of them must have signed, trust bundles
 * @param stateDirectory what survives restarts
 * @param loader who has the kernel load livepatches
 * @param runtimeDirectory what is over with the boot, without the module
 * @param sysfs {@code /sys}
 * @param proc {@code /proc}
 * @param transitionDeadline how long a transition may take before it is reversed
 * @param soak how long a finished transition is watched before it counts as settled
 * @param probes who watches
 */
public record Settings(
        Path file,
        Optional<URI> server,
        Optional<Path> ca,
        ProxySettings proxy,
        boolean allowHttp,
        Path trustDirectory,
        Path stateDirectory,
        Loader loader,
        Path runtimeDirectory,
        Path sysfs,
        Path proc,
        Duration transitionDeadline,
        Duration soak,
        ProbeSettings probes) {

    /** The kernel's livepatch core signals lagging tasks after 15 s only: less is no fair trial. */
    public static final Duration MIN_TRANSITION_DEADLINE = Duration.ofSeconds(60);

    public static final Path DEFAULT_FILE = Path.of("/etc/rebootless/agent.properties");

    /** Where the settings are, and the administrator's other files beside them. */
    public Path directory() {
        Path parent = file.getParent();
        return parent == null ? Path.of("/") : parent;
    }

    /**
     * Checks a server's address.
     *
     * @throws SettingsException if it is none that may be talked to
     */
    public static URI serverUri(String text, boolean allowHttp) throws SettingsException {
        URI uri;
        try {
            uri = URI.create(text.strip());
        } catch (IllegalArgumentException e) {
            throw noAddress(text);
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme();
        if (scheme.equalsIgnoreCase("http") && !allowHttp) {
            throw new SettingsException(
                    "%s is not encrypted: the host's token would be readable. Write https://…, or in a laboratory allow.http=true (--allow-http)"
                            .formatted(shown(text)));
        }
        if (!(scheme.equalsIgnoreCase("https") || scheme.equalsIgnoreCase("http")) || uri.getHost() == null) {
            throw noAddress(text);
        }
        if (uri.getRawUserInfo() != null
                || uri.getRawQuery() != null
                || uri.getRawFragment() != null
                || !Set.of("", "/").contains(String.valueOf(uri.getRawPath()))) {
            throw new SettingsException(
                    "\"%s\": a server address has no user, path, query or fragment; write https://HOST[:PORT]"
                            .formatted(uri.getHost()));
        }
        return uri;
    }

    private static SettingsException noAddress(String text) {
        return new SettingsException(
                "\"%s\" is not a server address; write https://HOST[:PORT]".formatted(shown(text)));
    }

    /** Without what may be a user and a password: messages go to logs that others read. */
    private static String shown(String text) {
        return text.replaceFirst("(?s)^([^@]*?://)?.*@", "$1…@");
    }
}
