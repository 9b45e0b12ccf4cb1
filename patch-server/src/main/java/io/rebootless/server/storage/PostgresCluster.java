package io.rebootless.server.storage;

import io.rebootless.server.settings.BadSettingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A PostgreSQL data directory and the programs that work on it: made once, and freed of a postmaster that outlived its
 * server.
 */
final class PostgresCluster {
    static final String USER = "rebootless";

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int PASSWORD_BYTES = 24;

    /** Data directories are not compatible between major versions: each gets its own. */
    private static final String MAJOR = "18";

    private static final Pattern CLUSTER = Pattern.compile("[0-9]+");

    private final Path programs;
    private final Path data;
    private final Path passwordFile;

    PostgresCluster(Path programs, Path parent) {
        this(programs, parent, MAJOR);
    }

    /** The same for programs of another major version. */
    PostgresCluster(Path programs, Path parent, String major) {
        this.programs = programs;
        this.data = parent.resolve(major);
        this.passwordFile = parent.resolve("password");
    }

    /** Where this server's cluster is, or will be. */
    static Path data(Path parent) {
        return parent.resolve(MAJOR);
    }

    /**
     * Makes the cluster if it is not there; whole or not at all.
     *
     * @throws BadSettingException if there is one of another major version: an empty one beside it would look as if all
     *     was lost
     */
    void create() throws IOException, InterruptedException {
        if (Files.exists(data)) {
            return;
        }
        refuseOtherMajor();
        if (!Files.exists(passwordFile)) {
            byte[] secret = new byte[PASSWORD_BYTES];
            new SecureRandom().nextBytes(secret);
            PrivateFile.writeSecret(
                    passwordFile, HexFormat.of().formatHex(secret).getBytes(StandardCharsets.US_ASCII));
        }
        Path fresh = data.resolveSibling(data.getFileName() + ".new");
        PrivateFile.deleteTree(fresh);
        var initdb = new ArrayList<>(asUnprivileged());
        initdb.addAll(List.of(
                program("initdb"),
                "--pgdata=" + fresh,
                "--username=" + USER,
                "--pwfile=" + passwordFile,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8"));
        run("initdb", initdb);
        Files.move(fresh, data);
        PrivateFile.syncDirectory(passwordFile.resolveSibling("."));
    }

    private void refuseOtherMajor() throws IOException {
        try (var present = Files.newDirectoryStream(data.resolveSibling("."))) {
            for (Path other : present) {
                if (CLUSTER.matcher(other.getFileName().toString()).matches()) {
                    throw new BadSettingException(
                            "rebootless.data: %s was made by PostgreSQL %s, and this server brings PostgreSQL %s"
                                    .formatted(other.normalize(), other.getFileName(), data.getFileName()),
                            "Export with the server that made it and import with this one: docs/backup.md says how.");
                }
            }
        }
    }

    Path passwordFile() {
        return passwordFile;
    }

    String password() throws IOException {
        return Files.readString(passwordFile, StandardCharsets.US_ASCII).strip();
    }

    /**
     * Stops the postmaster on this directory if there is one, cleanly: its connections are ended. The caller holds the
     * data directory's lock, so that no other living server uses it.
     */
    void stopOrphan() throws IOException, InterruptedException {
        if (living().isEmpty()) {
            return;
        }
        var command = new ArrayList<>(asUnprivileged());
        command.addAll(List.of(
                program("pg_ctl"), "stop", "-D", data.toString(), "-m", "fast", "-w", "-t", "" + PATIENCE.toSeconds()));
        try {
            run("pg_ctl stop", command);
        } catch (IOException e) {
            // It may have been about to end by itself: it dies with its server.
            if (living().isPresent()) {
                throw e;
            }
        }
    }

    List<String> postmaster(int port) {
        var command = new ArrayList<>(asUnprivileged());
        if (Files.isExecutable(Path.of("/usr/bin/setpriv"))) {
            // Killed with the server instead of outliving it.
            command.addAll(List.of("/usr/bin/setpriv", "--pdeathsig", "INT"));
        }
        command.addAll(List.of(
                program("postgres"),
                "-D",
                data.toString(),
                "-p",
                Integer.toString(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "fsync=on",
                "-c",
                "password_encryption=scram-sha-256"));
        return command;
    }

    private Optional<PostmasterFile> living() throws IOException {
        return PostmasterFile.living(data);
    }

    private String program(String name) {
        return programs.resolve("bin").resolve(name).toString();
    }

    /**
     * PostgreSQL refuses to run as root. In a user namespace of its own the process has no user at all and no rights
     * beyond those of the files' owner.
     */
    private static List<String> asUnprivileged() {
        return "root".equals(System.getProperty("user.name")) ? List.of("/usr/bin/unshare", "-U") : List.of();
    }

    private static void run(String what, List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("rebootless-", ".log");
        try {
            var process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(PATIENCE.toSeconds() * 2, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("%s did not end within %s".formatted(what, PATIENCE.multipliedBy(2)));
            }
            if (process.exitValue() != 0) {
                throw new IOException(
                        "%s failed: %s".formatted(what, Files.readString(output).strip()));
            }
        } finally {
            Files.delete(output);
        }
    }
}
