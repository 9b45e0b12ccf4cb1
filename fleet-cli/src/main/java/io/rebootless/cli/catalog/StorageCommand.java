package io.rebootless.cli.catalog;

import picocli.CommandLine.Command;

/** Groups the commands about the server's store. */
@Command(
        name = "storage",
        description = "The files of the server's bundles.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = StorageCheckCommand.class)
public final class StorageCommand {}
