package io.rebootless.cli;

import io.rebootless.bundle.RefusedException;
import io.rebootless.cli.audit.AuditCommand;
import io.rebootless.cli.bundle.BundleCommand;
import io.rebootless.cli.catalog.PublicationCommand;
import io.rebootless.cli.catalog.StorageCommand;
import io.rebootless.cli.coverage.KernelCheckCommand;
import io.rebootless.cli.coverage.KernelListCommand;
import io.rebootless.cli.coverage.KernelNotAffectedCommand;
import io.rebootless.cli.fleet.ApiKeyCommand;
import io.rebootless.cli.fleet.EnrollmentCommand;
import io.rebootless.cli.fleet.FleetCommand;
import io.rebootless.cli.fleet.GateCommand;
import io.rebootless.cli.fleet.HostCommand;
import io.rebootless.cli.groups.GroupCommand;
import io.rebootless.cli.kernel.KernelCommand;
import io.rebootless.cli.keys.KeysCommand;
import io.rebootless.cli.patch.PatchCommand;
import io.rebootless.cli.rollout.HoldCommand;
import io.rebootless.cli.rollout.PlanCommand;
import io.rebootless.cli.rollout.RolloutCommand;
import io.rebootless.cli.tls.TlsCommand;
import io.rebootless.cli.trust.TrustCommand;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;

/** The publisher's, operator's and pipeline's command. */
@Command(
        name = "rebootless",
        description = {"Keeps a fleet of Linux servers patched without rebooting them.%n"},
        synopsisSubcommandLabel = "COMMAND",
        versionProvider = Rebootless.Version.class,
        subcommands = {
            KeysCommand.class,
            KernelCommand.class,
            PatchCommand.class,
            BundleCommand.class,
            PublicationCommand.class,
            RolloutCommand.class,
            PlanCommand.class,
            HoldCommand.class,
            StorageCommand.class,
            TrustCommand.class,
            ApiKeyCommand.class,
            EnrollmentCommand.class,
            HostCommand.class,
            GroupCommand.class,
            FleetCommand.class,
            GateCommand.class,
            AuditCommand.class,
            TlsCommand.class,
            HelpCommand.class
        },
        footerHeading = "%nThe way of a patch%n",
        footer = {
            "  rebootless keys create --name \"Kernel Team\" --out publisher",
            "  rebootless bundle create --image fix.ko --kernel /boot/vmlinuz-$(uname -r) \\",
            "      --level 1 --publication 2026-11-22.1 --title \"One fix\" --cve CVE-2026-0001:high -o fix.rlb",
            "  rebootless bundle sign --key publisher.key.pem --certificate publisher.crt.pem fix.rlb",
            "  rebootless bundle upload fix.rlb",
            "  rebootless rollout show 2026-11-22.1",
            "  rebootless gate --cve CVE-2026-0001"
        })
public final class Rebootless {
    /** Wide enough for the examples to stay whole when copied. */
    private static final int HELP_WIDTH = 110;

    /** How an option's description says that a variable of the environment does as well. */
    private static final Pattern VARIABLE = Pattern.compile("\\(or set (\\w+)\\)");

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The command as {@link #main} runs it, for tests to run it with their own writers. */
    public static CommandLine commandLine() {
        var line = new CommandLine(new Rebootless());
        // These need the server, which the package that reads kernels, and serves signing, is kept away from.
        Objects.requireNonNull(line.getSubcommands().get("kernel"))
                .addSubcommand(new KernelCheckCommand())
                .addSubcommand(new KernelListCommand())
                .addSubcommand(new KernelNotAffectedCommand());
        line.registerConverter(UUID.class, Rebootless::id);
        line.registerConverter(Instant.class, Rebootless::moment);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        describe(line);
        // Only println and printf flush by themselves, and main() ends without unwinding: a table would be lost.
        line.setExecutionStrategy(parsed -> {
            try {
                return new CommandLine.RunLast().execute(parsed);
            } finally {
                parsed.asCommandLineList().forEach(command -> command.getOut().flush());
            }
        });
        line.setExecutionExceptionHandler((exception, command, parsed) -> {
            command.getErr().println(command.getColorScheme().errorText("rebootless: " + words(exception)));
            return exitCode(exception);
        });
        line.setParameterExceptionHandler((exception, arguments) -> {
            var command = exception.getCommandLine();
            command.getErr().println(command.getColorScheme().errorText("rebootless: " + words(exception)));
            command.getErr()
                    .println("Try '%s --help'."
                            .formatted(command.getCommandSpec().qualifiedName()));
            return ExitCode.USAGE;
        });
        return line;
    }

    private static UUID id(String word) {
        try {
            return UUID.fromString(word);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.TypeConversionException(
                    "\"" + word + "\" is no id, such as 6e5e3f3c-1a2b-4c3d-8e9f-0a1b2c3d4e5f");
        }
    }

    private static Instant moment(String word) {
        try {
            return Instant.parse(word);
        } catch (DateTimeParseException e) {
            throw new CommandLine.TypeConversionException(
                    "\"" + word + "\" is no moment, such as 2026-12-15T00:00:00Z");
        }
    }

    /** Gives every command, however deep, {@code --help} and the list of exit codes. */
    private static void describe(CommandLine command) {
        if (command.getCommand() instanceof HelpCommand) {
            return;
        }
        var usage = command.getCommandSpec().mixinStandardHelpOptions(true).usageMessage();
        usage.width(HELP_WIDTH);
        usage.exitCodeListHeading("%nExit codes%n");
        usage.exitCodeList(ExitCode.MEANINGS);
        command.getSubcommands().values().forEach(Rebootless::describe);
    }

    private static String words(CommandLine.ParameterException exception) {
        if (exception instanceof CommandLine.MissingParameterException missing) {
            var variables = missing.getMissing().stream()
                    .flatMap(option -> Stream.of(option.description()))
                    .flatMap(words -> VARIABLE.matcher(words).results())
                    .map(found -> found.group(1))
                    .toList();
            return exception.getMessage()
                    + (variables.isEmpty() ? "" : " (or set " + String.join(", ", variables) + ")");
        }
        // The parser's own slip, where a value is no KEY=VALUE.
        return String.valueOf(exception.getMessage()).replace("option option", "option");
    }

    private static String words(Exception exception) {
        if (exception instanceof NoSuchFileException e) {
            return e.getFile() + ": " + (e.getReason() == null ? "no such file" : e.getReason());
        }
        if (exception instanceof FileAlreadyExistsException e) {
            return e.getFile() + ": exists already; remove it or choose another name";
        }
        if (exception instanceof AccessDeniedException e && e.getReason() == null) {
            return e.getFile() + ": permission denied";
        }
        String message = exception.getMessage();
        return message == null ? exception.getClass().getSimpleName() : message;
    }

    private static int exitCode(Exception exception) {
        if (exception instanceof CommandFailed failed) {
            return failed.exitCode();
        }
        if (exception instanceof RefusedException) {
            return ExitCode.REFUSED;
        }
        return exception instanceof IOException ? ExitCode.NO_INPUT : ExitCode.USAGE;
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Rebootless.class.getPackage().getImplementationVersion();
            return new String[] {"rebootless " + (version == null ? "(not packaged)" : version)};
        }
    }
}
