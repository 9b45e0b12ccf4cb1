package io.rebootless.agent.command;

import io.rebootless.agent.cycle.Patrol.NotEnrolledException;
import io.rebootless.agent.log.EventLog;
import io.rebootless.agent.settings.Settings;
import io.rebootless.agent.settings.SettingsException;
import io.rebootless.agent.settings.SettingsFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code rebootless-agent}: what all commands share. */
@Command(
        name = "rebootless-agent",
        subcommands = {
            PreflightCommand.class,
            EnrollCommand.class,
            RunCommand.class,
            OnceCommand.class,
            StatusCommand.class,
            UnameCommand.class,
            CvesCommand.class,
            HistoryCommand.class,
            VerifyCommand.class,
            HoldCommand.class,
            RevertCommand.class,
            ResumeCommand.class,
            TrustCommand.class,
            SupportCommand.class
        },
        mixinStandardHelpOptions = true,
        versionProvider = AgentVersion.class,
        scope = ScopeType.INHERIT,
        synopsisSubcommandLabel = "COMMAND",
        usageHelpAutoWidth = true,
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeOnExecutionException = ExitCode.SOFTWARE,
        exitCodeListHeading = "%nExit codes:%n",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        parameterListHeading = "%nParameters:%n",
        descriptionHeading = "%n")
public final class AgentCommand {
    /** The exit code when not even the command line could say what is wrong. */
    public static final int BROKEN_RUNTIME = ExitCode.SOFTWARE;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "Settings; else $REBOOTLESS_CONFIG, else /etc/rebootless/agent.properties.")
    private @Nullable Path config;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--debug",
            scope = ScopeType.INHERIT,
            description = "Show where an error comes from; or set REBOOTLESS_DEBUG=1.")
    private boolean debug;

    /** The whole command line, ready to run. */
    public static CommandLine commandLine() {
        var line = new CommandLine(new AgentCommand());
        line.getCommandSpec()
                .usageMessage()
                .description(
                        "Keeps this host's kernel patched without rebooting it: asks the patch server what to run,"
                                + " verifies the publishers' signatures and hands the bundle to the kernel module.",
                        "",
                        "First `preflight`, then `enroll`, then `systemctl enable --now rebootless-agent`, then `status`.");
        listExitCodes(line);
        line.registerConverter(Path.class, AgentCommand::path);
        line.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        line.setExecutionExceptionHandler((e, failed, parsed) -> {
            AgentCommand root = (AgentCommand) line.getCommand();
            return root.explain(e);
        });
        line.setParameterExceptionHandler((e, arguments) -> {
            var err = e.getCommandLine().getErr();
            err.println(e.getMessage());
            err.println("See `%s --help`."
                    .formatted(e.getCommandLine().getCommandSpec().qualifiedName()));
            return ExitCode.USAGE;
        });
        return line;
    }

    private static Path path(String text) {
        if (text.isEmpty()) {
            throw new TypeConversionException("a file has a name");
        }
        return Path.of(text);
    }

    private static void listExitCodes(CommandLine command) {
        var meanings =
                command.getCommand() instanceof PreflightCommand ? PreflightCommand.exitCodes() : ExitCode.meanings();
        command.getCommandSpec().usageMessage().exitCodeList(meanings);
        command.getSubcommands().values().forEach(AgentCommand::listExitCodes);
    }

    SettingsFile settingsFile() {
        if (config != null && Files.isDirectory(config)) {
            throw new ParameterException(
                    spec.commandLine(), "--config names a file, such as %s/agent.properties".formatted(config));
        }
        String environment = System.getenv(SettingsFile.ENVIRONMENT);
        Path file = config != null ? config : environment != null ? Path.of(environment) : Settings.DEFAULT_FILE;
        return new SettingsFile(file);
    }

    /** A file that was named must be there; the default one need not. */
    Settings settings() throws IOException, SettingsException {
        var file = settingsFile();
        if (!file.exists() && !file.path().equals(Settings.DEFAULT_FILE)) {
            throw new SettingsException("%s is not there; `rebootless-agent enroll` writes it".formatted(file.path()));
        }
        return file.read();
    }

    /** One or two clear lines; where they come from only for those who ask. */
    private int explain(Exception e) {
        if (debug || System.getenv("REBOOTLESS_DEBUG") != null) {
            e.printStackTrace(System.err);
        }
        var log = EventLog.standard();
        if (e instanceof SettingsException) {
            log.error(String.valueOf(e.getMessage()));
            return ExitCode.CONFIG;
        }
        if (e instanceof NotEnrolledException) {
            log.error(e.getMessage() + ". To enrol: rebootless-agent enroll --server https://… --ca FILE");
            return ExitCode.NOT_ENROLLED;
        }
        if (e instanceof IOException io) {
            log.error(words(io));
            return ExitCode.UNAVAILABLE;
        }
        log.error("a mistake in the agent: %s. Please report it, with the output of --debug".formatted(e));
        return ExitCode.SOFTWARE;
    }

    private static String words(IOException e) {
        if (e instanceof AccessDeniedException denied) {
            return denied.getFile() + ": permission denied; run this as root";
        }
        if (e instanceof NoSuchFileException missing) {
            return Optional.ofNullable(missing.getReason())
                    .map(reason -> missing.getFile() + ": " + reason)
                    .orElse(missing.getFile() + " is not there");
        }
        if (e instanceof FileSystemException file && file.getReason() != null) {
            return file.getFile() + ": " + file.getReason();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
