package io.rebootless.cli.catalog;

import picocli.CommandLine.Command;

/** Groups the commands about publications. */
@Command(
        name = "publication",
        description = "Publications: one fix across kernel builds, as its publisher named it.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {PublicationListCommand.class, PublicationShowCommand.class, PublicationWithdrawCommand.class})
public final class PublicationCommand {}
