package io.rebootless.cli.tls;

import picocli.CommandLine.Command;

/** Groups the commands about the server's certificate and the authorities behind it. */
@Command(
        name = "tls",
        description = "The server's certificate and authority: how they stand, and the next one.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            TlsStatusCommand.class,
            TlsFetchCaCommand.class,
            TlsRotateCommand.class,
            TlsSwitchCommand.class,
            TlsDropCommand.class
        })
public final class TlsCommand {}
