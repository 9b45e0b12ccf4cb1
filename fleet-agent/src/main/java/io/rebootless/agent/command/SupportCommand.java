package io.rebootless.agent.command;

import io.rebootless.agent.durable.DurableFile;
import io.rebootless.agent.settings.Settings;
import io.rebootless.agent.settings.SettingsException;
import io.rebootless.agent.support.HostCommands;
import io.rebootless.agent.support.SupportArchive;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "support",
        description = {
            "Writes an archive with what support needs to see of this host, and without its secrets.",
            "",
            "Status, state, journal, settings, what systemd and the kernel say of Rebootless. The host's token, enrolment keys and passwords are never in it. Run as root: for others less can be read; missing.txt in the archive says what. Look at it before you give it away: it names this host, its server and its kernel."
        })
final class SupportCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final int MAX_OUTPUT_BYTES = 2 * 1024 * 1024;
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    @ParentCommand
    private AgentCommand agent = new AgentCommand();

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description =
                    "Where to write it; a file that is there is not replaced. Without it rebootless-support-….zip here.")
    private @Nullable Path output;

    @Override
    public Integer call() throws IOException, SettingsException, InterruptedException {
        var settings = agent.settings();
        Path file = output != null ? output : Path.of("rebootless-support-" + STAMP.format(Instant.now()) + ".zip");
        var archive = new SupportArchive(settings, HostCommands.real(PATIENCE, MAX_OUTPUT_BYTES));
        String words = "rebootless-agent %s on Java %s".formatted(AgentVersion.number(), Runtime.version());
        try (var channel = create(file)) {
            write(archive, channel, file, words, settings);
        }
        System.out.println("✓ written: " + file.toAbsolutePath());
        System.out.println("  It names this host, its server and its kernel; look at it before you give it away.");
        return ExitCode.OK;
    }

    /** Half an archive is none. */
    private static void write(SupportArchive archive, FileChannel channel, Path file, String words, Settings settings)
            throws IOException, InterruptedException {
        boolean whole = false;
        try {
            archive.write(Channels.newOutputStream(channel), words, () -> Workplace.status(settings));
            whole = true;
        } finally {
            if (!whole) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static FileChannel create(Path file) throws IOException {
        try {
            return FileChannel.open(
                    file,
                    Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
                    PosixFilePermissions.asFileAttribute(DurableFile.SECRET));
        } catch (FileAlreadyExistsException e) {
            throw new IOException(file + " is there already, and is not replaced", e);
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": there is no such folder to write it to", e);
        }
    }
}
