package io.rebootless.server.archive;

import io.rebootless.server.settings.BadSettingException;
import io.rebootless.server.settings.Settings;
import io.rebootless.server.storage.CommandDatabase;
import io.rebootless.server.storage.DataDirectory;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.flywaydb.core.api.FlywayException;
import org.springframework.boot.DefaultApplicationArguments;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.context.ConfigurableApplicationContext;

/** The commands {@code export} and {@code import}: they take the server's settings, and write what they do to its log's place. */
public final class ArchiveCommand {
    /** How the command went. */
    private static final int DONE = 0;

    private static final int FAILED = 1;
    private static final int INCOMPLETE = 3;
    private static final int USAGE = 64;

    private static final String EXPORT = "export";
    private static final String IMPORT = "import";

    private final InputStream in;
    private final OutputStream out;
    private final PrintStream log;

    /**
     * Does nothing yet.
     *
     * @param in the archive, if the file is {@code -}
     * @param out where the archive goes, if the file is {@code -}
     * @param log for people
     */
    public ArchiveCommand(InputStream in, OutputStream out, PrintStream log) {
        this.in = in;
        this.out = out;
        this.log = log;
    }

    /** Whether the server's arguments are one of these commands. */
    public static boolean isMeantBy(String[] args) {
        return args.length > 0 && (args[0].equals(EXPORT) || args[0].equals(IMPORT));
    }

    /**
     * Runs a command.
     *
     * @param args its name, a file, and settings
     * @return the process's exit status
     */
    public int run(String[] args) throws InterruptedException {
        List<String> words = new DefaultApplicationArguments(args).getNonOptionArgs();
        String[] settings =
                Arrays.stream(args).filter(arg -> arg.startsWith("--")).toArray(String[]::new);
        boolean understood = Arrays.stream(settings).allMatch(setting -> setting.indexOf('=') > 0);
        boolean asked =
                Arrays.asList(args).contains("--help") || Arrays.asList(args).contains("-h");
        if (asked || words.size() != 2 || !understood) {
            log.println("""
                    Usage: rebootless-server export FILE|- [--SETTING=VALUE]...
                           rebootless-server import FILE|- [--SETTING=VALUE]...

                    export writes database, bundles, keys and certificates into one tar, a secret; the server may be
                    running. import makes them into the data directory and the database that the settings name, both
                    of which must be empty; the server must not be running. docs/backup.md says more.""");
            return asked ? DONE : USAGE;
        }
        try (var context = start(settings)) {
            var place = new Place(context.getBean(Settings.class), context.getBean(DataSourceProperties.class));
            return words.get(0).equals(EXPORT) ? export(words.get(1), place) : load(words.get(1), place);
        } catch (BadSettingException e) {
            return failed(e.getMessage() + "\n" + e.remedy());
        } catch (SQLException e) {
            return failed("PostgreSQL refused or could not be reached: " + e.getMessage());
        } catch (NoSuchFileException e) {
            return failed("%s: no such file".formatted(e.getFile()));
        } catch (ArchiveException | FlywayException | IOException e) {
            return failed(e instanceof ArchiveException ? String.valueOf(e.getMessage()) : e.toString());
        } catch (NotStarted e) {
            return FAILED;
        }
    }

    private int failed(String why) {
        log.println("rebootless-server: " + why);
        return FAILED;
    }

    /** Spring reports by itself why it does not start. */
    private static final class NotStarted extends RuntimeException {
        private static final long serialVersionUID = 1;

        NotStarted(RuntimeException cause) {
            super(cause);
        }
    }

    /** No more of the server than its settings. */
    @EnableConfigurationProperties({Settings.class, DataSourceProperties.class})
    static class Context {}

    private static ConfigurableApplicationContext start(String[] settings) {
        try {
            return new SpringApplicationBuilder(Context.class)
                    .web(WebApplicationType.NONE)
                    .registerShutdownHook(false)
                    .run(settings);
        } catch (RuntimeException e) {
            throw new NotStarted(e);
        }
    }

    /** What the settings say about where everything is. */
    private record Place(Settings settings, DataSourceProperties source) {
        Path data() {
            return settings.data();
        }

        Optional<CommandDatabase> other() {
            return Optional.ofNullable(source.getUrl())
                    .map(url -> CommandDatabase.other(url, source.getUsername(), source.getPassword()));
        }
    }

    private int export(String file, Place place) throws IOException, SQLException, InterruptedException {
        if (!file.equals("-")) {
            checkRoom(Path.of(file).toAbsolutePath().normalize());
        }
        if (!Files.isDirectory(place.data())) {
            throw new ArchiveException(
                    "the data directory %s does not exist: set rebootless.data".formatted(place.data()));
        }
        Optional<CommandDatabase> running =
                place.other().isPresent() ? place.other() : CommandDatabase.ofRunningServer(place.data());
        if (running.isPresent()) {
            try (var database = running.get()) {
                return export(file, place, database);
            }
        }
        if (!CommandDatabase.embeddedExists(place.data())) {
            throw new ArchiveException(
                    "there is no database in %s: set rebootless.data or spring.datasource.url".formatted(place.data()));
        }
        try (var data = DataDirectory.forExport(place.settings());
                var database = CommandDatabase.embedded(
                        data, place.settings().postgres().port())) {
            return export(file, place, database);
        }
    }

    private int export(String file, Place place, CommandDatabase database) throws IOException, SQLException {
        Export.Result result;
        try (Connection connection = database.connect()) {
            var export = new Export(connection, new DataFiles(place.data()), log::println);
            if (file.equals("-")) {
                var buffered = new BufferedOutputStream(out, 1 << 16);
                result = export.to(buffered, Instant.now());
                buffered.flush();
            } else {
                result = toFile(Path.of(file).toAbsolutePath(), export);
            }
        }
        log.println("exported schema %s: %d tables, %d rows, %d bundles"
                .formatted(result.header().schema(), result.header().tables().size(), result.rows(), result.bundles()));
        Path trust = place.settings().trustDirectory().toAbsolutePath().normalize();
        if (!trust.startsWith(place.data().toAbsolutePath().normalize())) {
            log.println("%s (rebootless.trust.directory) is not in the data directory, and not in the archive"
                    .formatted(trust));
        }
        if (!result.missing().isEmpty()) {
            log.println("INCOMPLETE: the files of %d published bundles are missing or damaged; upload them again"
                    .formatted(result.missing().size()));
            return INCOMPLETE;
        }
        return DONE;
    }

    /** Before a database is started for nothing. */
    private static void checkRoom(Path file) {
        Path parent = file.getParent();
        if (parent == null || Files.isDirectory(file)) {
            throw new ArchiveException("%s is a directory: name the file to write".formatted(file));
        }
        if (!Files.isDirectory(parent)) {
            throw new ArchiveException("the directory %s does not exist".formatted(parent));
        }
    }

    /** The file appears, or replaces an earlier one, when it is whole. Nobody else may read it. */
    private static Export.Result toFile(Path file, Export export) throws IOException, SQLException {
        Path fresh = file.resolveSibling(".%s.new".formatted(file.getFileName()));
        Files.deleteIfExists(fresh);
        try {
            Export.Result result;
            try (var channel = FileChannel.open(
                            fresh,
                            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                    var stream = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16)) {
                result = export.to(stream, Instant.now());
                stream.flush();
                channel.force(true);
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            return result;
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private int load(String file, Place place) throws IOException, SQLException, InterruptedException {
        try (InputStream archive =
                        new BufferedInputStream(file.equals("-") ? in : Files.newInputStream(Path.of(file)), 1 << 16);
                var data = DataDirectory.forImport(place.settings())) {
            ImportDirectory directory = ImportDirectory.take(data);
            Import.Result result;
            try {
                result = load(archive, place, data, directory);
                ImportNotice.leave(data, result);
                directory.finish();
            } catch (IOException | SQLException | RuntimeException e) {
                directory.undo();
                throw e;
            }
            log.println("imported the archive of %s: schema %s, now %s; %d bundles. The server may be started."
                    .formatted(
                            result.header().createdAt(),
                            result.header().schema(),
                            result.schemaNow(),
                            result.bundles()));
            return DONE;
        }
    }

    private Import.Result load(InputStream archive, Place place, DataDirectory data, ImportDirectory directory)
            throws IOException, SQLException, InterruptedException {
        try (CommandDatabase database = place.other().isPresent()
                ? place.other().get()
                : CommandDatabase.embedded(data, place.settings().postgres().port())) {
            return new Import(database, directory, log::println).from(archive);
        }
    }
}
