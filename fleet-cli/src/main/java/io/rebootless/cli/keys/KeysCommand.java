package io.rebootless.cli.keys;

import picocli.CommandLine.Command;

/** Groups the commands about publishers' keys. */
@Command(
        name = "keys",
        description = "Publishers' keys: what signs bundles, and what hosts and servers trust.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = KeysCreateCommand.class)
public final class KeysCommand {}
