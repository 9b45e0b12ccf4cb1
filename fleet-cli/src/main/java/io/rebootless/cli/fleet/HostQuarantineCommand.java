package io.rebootless.cli.fleet;

import picocli.CommandLine.Command;

/** Groups the commands about what hosts do not apply again. */
@Command(
        name = "quarantine",
        description = "Bundles that hosts do not apply again, because they seem to have crashed under them.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {HostQuarantineListCommand.class, HostQuarantineLiftCommand.class})
public final class HostQuarantineCommand {}
