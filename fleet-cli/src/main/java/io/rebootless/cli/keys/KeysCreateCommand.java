package io.rebootless.cli.keys;

import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.OutputFile;
import io.rebootless.trust.PublisherCertificate;
import io.rebootless.trust.PublisherKey;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.util.io.pem.PemObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "create",
        description = {
            "Makes a publisher's private key and the certificate that goes with it.",
            "",
            "Writes PREFIX.key.pem (secret: keep it offline) and PREFIX.crt.pem, which belongs into"
                    + " trust.d on the server and on each host."
        })
final class KeysCreateCommand implements Callable<Integer> {
    private static final Duration YEAR = Duration.ofDays(365);

    @Spec
    CommandSpec spec;

    @Option(
            names = "--name",
            required = true,
            paramLabel = "NAME",
            description = "The publisher's name in the certificate, 1 to 64 characters.")
    String name;

    @Option(
            names = {"-o", "--out"},
            required = true,
            paramLabel = "PREFIX",
            description = "Where to write: PREFIX.key.pem and PREFIX.crt.pem.")
    Path prefix;

    @Option(
            names = "--bits",
            paramLabel = "N",
            defaultValue = "3072",
            description = "Size of the RSA key, " + PublisherCertificate.KEY_BITS + " (default: ${DEFAULT-VALUE}).")
    int bits;

    @Option(
            names = "--years",
            paramLabel = "N",
            defaultValue = "10",
            description = "How long the server takes uploads signed with it (default: ${DEFAULT-VALUE}). Hosts never"
                    + " look at the dates.")
    int years;

    @Option(
            names = "--passphrase-file",
            paramLabel = "FILE",
            description = "Encrypt the private key with the first line of this file.")
    Optional<Path> passphraseFile;

    @Override
    public Integer call() throws IOException {
        Path keyFile = Path.of(prefix + ".key.pem");
        Path certificateFile = Path.of(prefix + ".crt.pem");
        for (Path file : new Path[] {keyFile, certificateFile}) {
            if (Files.exists(file)) {
                throw new FileAlreadyExistsException(file.toString());
            }
        }
        if (years < 1 || years > 100) {
            throw new CommandFailed(ExitCode.USAGE, "--years: 1 to 100 expected, not " + years);
        }
        Optional<char[]> passphrase = Optional.empty();
        if (passphraseFile.isPresent()) {
            passphrase = Optional.of(PrivateKeyFile.passphrase(passphraseFile.get()));
        }
        var random = new SecureRandom();
        var key = create(random);
        PemObject secret = PrivateKeyFile.encode(key.privateKeyInfo(), passphrase, random);
        OutputFile.createSecret(keyFile, out -> {
            var pem = new JcaPEMWriter(new OutputStreamWriter(out, StandardCharsets.US_ASCII));
            pem.writeObject(secret);
            pem.flush();
        });
        OutputFile.create(certificateFile, false, out -> {
            var pem = new JcaPEMWriter(new OutputStreamWriter(out, StandardCharsets.US_ASCII));
            pem.writeObject(new PemObject("CERTIFICATE", key.certificate().der()));
            pem.flush();
        });
        var out = spec.commandLine().getOut();
        out.println("private key  %s (secret: whoever has it can patch your fleet)".formatted(keyFile));
        out.println("certificate  %s".formatted(certificateFile));
        out.println("fingerprint  %s".formatted(key.certificate().fingerprint()));
        return ExitCode.OK;
    }

    private PublisherKey create(SecureRandom random) {
        return CommandFailed.ifUnfit(
                () -> PublisherKey.create(name, bits, Clock.systemUTC().instant(), YEAR.multipliedBy(years), random));
    }
}
