package io.rebootless.cli.fleet;

import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.OutputFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where a key goes that is shown once. */
final class KeyFile {
    @Option(
            names = {"-o", "--out"},
            paramLabel = "FILE",
            description = "Write the key there, readable by you alone, and do not print it.")
    Optional<Path> file = Optional.empty();

    /** To be asked before the key is made: it is shown this once. */
    void check() throws IOException {
        if (file.isEmpty()) {
            return;
        }
        if (Files.exists(file.get())) {
            throw new FileAlreadyExistsException(file.get().toString());
        }
        Path parent = file.get().toAbsolutePath().getParent();
        if (parent == null || !Files.isWritable(parent)) {
            throw new CommandFailed(ExitCode.NO_INPUT, parent + ": cannot be written to");
        }
    }

    /** Whether the key is in a file now. */
    boolean keep(String key) throws IOException {
        if (file.isEmpty()) {
            return false;
        }
        OutputFile.createSecret(file.get(), to -> to.write((key + "\n").getBytes(StandardCharsets.US_ASCII)));
        return true;
    }
}
