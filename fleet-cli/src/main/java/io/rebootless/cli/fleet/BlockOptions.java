package io.rebootless.cli.fleet;

import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.InputFile;
import io.rebootless.cli.OutputFile;
import io.rebootless.cli.server.ServerOptions;
import io.rebootless.trust.PublisherCertificate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** What goes into the block that is pasted into hosts, and where the block goes. */
final class BlockOptions {
    private static final int MAX_PUBLISHERS = 16;
    /** As {@code sha256sum} writes it, with or without {@code --binary}. */
    private static final Pattern SUM = Pattern.compile("([0-9a-f]{64}) [ *]([A-Za-z0-9._+~-]+)");

    @Option(
            names = "--publisher",
            paramLabel = "FILE",
            description = "In the block: the certificate of a publisher whom hosts shall trust. As often as there are"
                    + " publishers; from a file of yours, never from the server.")
    List<Path> publishers = new ArrayList<>();

    @Option(
            names = "--threshold",
            paramLabel = "N",
            description = "In the block: how many of them must have signed a livepatch (default: 1).")
    Optional<Integer> threshold = Optional.empty();

    @Option(
            names = "--sums",
            paramLabel = "FILE",
            description = "In the block: SHA-256 sums of the packages and of agent.sh, as make host-packages leaves"
                    + " them in dist/install.d/SHA256SUMS. Without it hosts believe the server about its packages.")
    Optional<Path> sums = Optional.empty();

    @Option(
            names = "--address",
            paramLabel = "URL",
            description = "In the block: the server as hosts reach it (default: --server).")
    Optional<URI> address = Optional.empty();

    @Option(
            names = "--host-key-file",
            paramLabel = "PATH",
            description = "In the block: where on the host the key will be. Without it, it is asked for there.")
    Optional<String> hostKeyFile = Optional.empty();

    @Option(
            names = "--block",
            paramLabel = "FILE",
            description = "Write the block there, and do not print it. Nothing in it is secret.")
    Optional<Path> file = Optional.empty();

    @Option(names = "--no-block", description = "Make the key only.")
    boolean none;

    /** The block; empty if there is to be none. To be asked for before the key is made: files may be wrong. */
    Optional<String> block(ServerOptions server) throws IOException {
        URI reached = address.orElse(server.server());
        if (none || (!isHttps(reached) && address.isEmpty())) {
            if (isDescribed()) {
                throw new CommandFailed(
                        ExitCode.USAGE,
                        none
                                ? "--no-block: makes none of the block that the other options describe"
                                : "--address: https://HOST:PORT expected for the block, since --server is " + reached);
            }
            return Optional.empty();
        }
        if (!isHttps(reached) || reached.toString().chars().anyMatch(c -> c <= ' ' || c == '!')) {
            throw new CommandFailed(ExitCode.USAGE, "--address: https://HOST:PORT expected, not " + reached);
        }
        if (threshold.isPresent() && (threshold.get() < 1 || threshold.get() > publishers.size())) {
            throw new CommandFailed(
                    ExitCode.USAGE,
                    "--threshold: %d, with %d certificates (--publisher)"
                            .formatted(threshold.get(), publishers.size()));
        }
        if (publishers.size() > MAX_PUBLISHERS) {
            throw new CommandFailed(ExitCode.USAGE, "--publisher: a host trusts at most " + MAX_PUBLISHERS);
        }
        if (file.isPresent() && Files.exists(file.get())) {
            throw new FileAlreadyExistsException(file.get().toString());
        }
        var trusted = new ArrayList<X509Certificate>();
        for (Path publisher : publishers) {
            // Whether hosts could trust it is found out here, not there.
            trusted.addAll(
                    certificates(publisher, PublisherCertificate.read(publisher).der()));
        }
        var authorities = server.ca().isPresent()
                ? certificates(server.ca().get(), InputFile.bytes(server.ca().get()))
                : List.<X509Certificate>of();
        return Optional.of(new InstallBlock(reached, authorities, trusted, threshold, hostKeyFile, sumLines()).text());
    }

    private boolean isDescribed() {
        return !publishers.isEmpty()
                || threshold.isPresent()
                || sums.isPresent()
                || address.isPresent()
                || hostKeyFile.isPresent()
                || file.isPresent();
    }

    /** Whether it is in a file now. */
    boolean keep(String block) throws IOException {
        if (file.isEmpty()) {
            return false;
        }
        OutputFile.create(file.get(), false, to -> to.write(block.getBytes(StandardCharsets.UTF_8)));
        return true;
    }

    private List<String> sumLines() throws IOException {
        if (sums.isEmpty()) {
            return List.of();
        }
        var lines = new ArrayList<String>();
        for (String line :
                InputFile.text(sums.get(), StandardCharsets.UTF_8).lines().toList()) {
            var sum = SUM.matcher(line);
            if (!sum.matches()) {
                throw new CommandFailed(ExitCode.NO_INPUT, sums.get() + ": no line of sha256sum: " + line);
            }
            lines.add(sum.group(1) + "  " + sum.group(2));
        }
        if (lines.stream().noneMatch(line -> line.endsWith(" agent.sh"))) {
            throw new CommandFailed(ExitCode.NO_INPUT, sums.get() + ": the sum of agent.sh is not in it");
        }
        return lines;
    }

    private static boolean isHttps(URI server) {
        return "https".equals(server.getScheme()) && server.getHost() != null;
    }

    private static List<X509Certificate> certificates(Path file, byte[] content) {
        try {
            var found = new ArrayList<X509Certificate>();
            for (var certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(content))) {
                found.add((X509Certificate) certificate);
            }
            if (!found.isEmpty()) {
                return found;
            }
        } catch (CertificateException e) {
            // said below
        }
        throw new CommandFailed(ExitCode.NO_INPUT, file + ": no certificate in it");
    }
}
