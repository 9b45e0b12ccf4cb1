package io.rebootless.agent.command;

import io.rebootless.agent.settings.Settings;
import io.rebootless.agent.settings.SettingsException;
import io.rebootless.agent.settings.SettingsFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** {@code rebootless-agent}: what all commands share. */
@Command(
        name = "rebootless-agent",
        subcommands = {
            EnrollCommand.class,
            RunCommand.class,
            OnceCommand.class,
            StatusCommand.class,
            VerifyCommand.class,
            RevertCommand.class,
            ResumeCommand.class,
            TrustCommand.class
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
                        "First `enroll`, then `systemctl enable --now rebootless-agent`, then `status`.");
        listExitCodes(line);
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

    private static void listExitCodes(CommandLine command) {
        command.getCommandSpec().usageMessage().exitCodeList(ExitCode.meanings());
        command.getSubcommands().values().forEach(AgentCommand::listExitCodes);
    }

    SettingsFile settingsFile() {
        return Workplace.settingsFile(Optional.ofNullable(config));
    }

    Settings settings() throws IOException, SettingsException {
        return Workplace.settings(settingsFile());
    }
}
