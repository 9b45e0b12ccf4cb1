package io.rebootless.cli.fleet;

import picocli.CommandLine.Command;

/** Groups the commands about the whole fleet. */
@Command(
        name = "fleet",
        description = "The fleet: which host runs which level.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = FleetStatusCommand.class)
public final class FleetCommand {}
