package io.rebootless.agent.command;

import io.rebootless.agent.settings.Settings;
import io.rebootless.agent.settings.SettingsException;
import io.rebootless.agent.settings.SettingsFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
            return Complaint.about(e, root.debug);
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
        return Workplace.settingsFile(Optional.ofNullable(config));
    }

    Settings settings() throws IOException, SettingsException {
        return Workplace.settings(settingsFile());
    }
}
