package io.rebootless.cli.fleet;

import picocli.CommandLine.Command;

/** Groups the commands about one host. */
@Command(
        name = "host",
        description = "One host: show and label it, lift its quarantines, give it a new token, have it leave.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            HostShowCommand.class,
            HostLabelCommand.class,
            HostGroupsCommand.class,
            HostQuarantineCommand.class,
            HostTokenReplaceCommand.class,
            HostLeaveCommand.class
        })
public final class HostCommand {
    /** How a host is named. */
    static final String HOST = "Its id, as many characters of that as make it unique and at least 4, or its name.";
}
