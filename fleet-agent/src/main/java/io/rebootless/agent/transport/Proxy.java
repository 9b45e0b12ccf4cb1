package io.rebootless.agent.transport;

import io.rebootless.agent.log.EventLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Optional;

/**
 * An HTTP proxy.
 *
 * @param host its name or address, IPv6 without brackets
 * @param port its port
 * @param credentials a file with {@code USER:PASSWORD}, read anew for each connection
 */
public record Proxy(String host, int port, Optional<Path> credentials) {
    private static final int MAX_BYTES = 1024;
    private static final EnumSet<PosixFilePermission> OWNER = EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    /** What a Proxy-Authorization header says, if there are credentials. */
    Optional<String> authorization() throws IOException {
        if (credentials.isEmpty()) {
            return Optional.empty();
        }
        byte[] secret = readCredentials(credentials.get());
        return Optional.of("Basic " + Base64.getEncoder().encodeToString(secret));
    }

    /**
     * Reads a file with {@code USER:PASSWORD}. No message quotes it.
     *
     * @throws IOException if it is not there, not such a file, or for others to read
     */
    public static byte[] readCredentials(Path file) throws IOException {
        try {
            if (Files.exists(file) && (!Files.isRegularFile(file) || Files.size(file) > MAX_BYTES)) {
                throw new IOException("%s is no file with a proxy's USER:PASSWORD in one line".formatted(file));
            }
            if (!OWNER.containsAll(Files.getPosixFilePermissions(file))) {
                throw new IOException(
                        "%s holds a proxy's password and others may read it: chmod 600 %s".formatted(file, file));
            }
            String text = Files.readString(file, StandardCharsets.UTF_8).strip();
            if (text.indexOf(':') < 1 || text.chars().anyMatch(Character::isISOControl)) {
                throw new IOException("%s is no file with a proxy's USER:PASSWORD in one line".formatted(file));
            }
            return text.getBytes(StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new IOException("%s is not there: it should hold the proxy's USER:PASSWORD".formatted(file), e);
        }
    }

    /** Says why a proxy does not do what it was asked to. */
    IOException refusal(Head head, String target) {
        int status = head.status();
        if (status == 407) {
            return new IOException(authenticationRefusal(head));
        }
        String why = switch (status) {
            case 403, 405 -> "does not let this host connect to %s; allow that there".formatted(target);
            case 502, 503, 504 -> "cannot reach %s".formatted(target);
            default -> "does not connect to %s".formatted(target);
        };
        String said = head.reason().isEmpty() ? "" : " " + EventLog.oneLine(head.reason());
        return new IOException("the proxy %s %s (%d%s)".formatted(this, why, status, said));
    }

    private String authenticationRefusal(Head head) {
        var schemes = head.all("Proxy-Authenticate");
        if (!schemes.isEmpty() && schemes.stream().noneMatch(scheme -> scheme.regionMatches(true, 0, "Basic", 0, 5))) {
            return "the proxy %s wants an authentication other than Basic (407 %s), which this agent cannot do"
                    .formatted(this, EventLog.oneLine(String.join(", ", schemes)));
        }
        return credentials
                .map(file -> "the proxy %s does not take the user and password in %s (407)".formatted(this, file))
                .orElse(
                        "the proxy %s wants a user and a password (407); name a file with them in proxy.credentials.file"
                                .formatted(this));
    }

    @Override
    public String toString() {
        return "http://%s:%d".formatted(host.indexOf(':') < 0 ? host : "[" + host + "]", port);
    }
}
