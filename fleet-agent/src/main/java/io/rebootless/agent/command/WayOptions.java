package io.rebootless.agent.command;

import io.rebootless.agent.settings.Settings;
import io.rebootless.agent.settings.SettingsException;
import io.rebootless.agent.transport.Proxy;
import io.rebootless.agent.transport.ProxySettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How a server is reached, for commands that may be called before any settings say it. */
final class WayOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "CA of the server's certificate, PEM; without it those that Java knows.")
    private @Nullable Path ca;

    @Option(
            names = "--proxy",
            paramLabel = "URL",
            description =
                    "http://HOST:PORT, or \"none\"; without it what the settings say, or else $HTTPS_PROXY and $NO_PROXY.")
    private @Nullable String proxy;

    @Option(
            names = "--proxy-credentials-file",
            paramLabel = "FILE",
            description = "Holds the proxy's USER:PASSWORD in one line; its mode must be 0600.")
    private @Nullable Path proxyCredentials;

    @Option(
            names = "--no-proxy",
            paramLabel = "LIST",
            description =
                    "Whom to reach directly: names, .domains, addresses, networks, separated by commas, each with :PORT if wanted.")
    private @Nullable String noProxy;

    @Option(names = "--allow-http", description = "For laboratories: put up with a server without TLS.")
    private boolean allowHttp;

    Optional<Path> ca() {
        return Optional.ofNullable(ca).map(Path::toAbsolutePath);
    }

    Optional<Path> proxyCredentials() {
        return Optional.ofNullable(proxyCredentials);
    }

    boolean allowHttp() {
        return allowHttp;
    }

    /** The server that {@code --server} names. */
    URI server(String text, Settings settings) {
        try {
            return Settings.serverUri(text, allowHttp || settings.allowHttp());
        } catch (SettingsException e) {
            throw new ParameterException(spec.commandLine(), "--server: " + e.getMessage(), e);
        }
    }

    /** What the options say about proxies, or else the settings. Credentials that cannot be used are found out now. */
    ProxySettings proxy(ProxySettings before) throws IOException, SettingsException {
        var chosen = new ProxySettings(
                Optional.ofNullable(proxy).or(before::proxy),
                proxyCredentials().map(Path::toAbsolutePath).or(before::credentials),
                Optional.ofNullable(noProxy).or(before::except));
        if (chosen.credentials().isPresent()) {
            Proxy.readCredentials(chosen.credentials().get());
        }
        if (proxy != null || noProxy != null) {
            try {
                chosen.routes(System.getenv());
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), "--proxy, --no-proxy: " + e.getMessage(), e);
            }
        }
        return chosen;
    }
}
