package io.rebootless.cli.server;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which server, how to know it, and who asks. */
public final class ServerOptions {
    @Option(
            names = "--server",
            required = true,
            defaultValue = "${env:REBOOTLESS_SERVER}",
            paramLabel = "URL",
            description = "The patch server, e.g. https://patches.example:8443 (or set REBOOTLESS_SERVER).")
    URI server;

    @Option(
            names = "--ca",
            defaultValue = "${env:REBOOTLESS_CA}",
            paramLabel = "FILE",
            description = "The server's CA certificate, PEM: its tls/ca.pem. Without it, the CAs this Java trusts"
                    + " (or set REBOOTLESS_CA).")
    Optional<Path> ca = Optional.empty();

    @Option(
            names = "--api-key-file",
            required = true,
            defaultValue = "${env:REBOOTLESS_API_KEY_FILE}",
            paramLabel = "FILE",
            description = "Holds the API key in its first line, e.g. the server's admin.key (or set"
                    + " REBOOTLESS_API_KEY_FILE).")
    Path apiKeyFile;

    public URI server() {
        return server;
    }

    /** Whether the server's name means this machine, whichever that is. */
    public boolean onThisMachine() {
        return ServerConnection.isLoopback(String.valueOf(server.getHost()));
    }

    /** The file of the authorities that are trusted; empty for those this Java trusts. */
    public Optional<Path> ca() {
        return ca;
    }

    /** For commands that can do without a server. */
    public boolean complete() {
        return server != null && apiKeyFile != null;
    }
}
