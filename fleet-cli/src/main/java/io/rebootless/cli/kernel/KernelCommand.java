package io.rebootless.cli.kernel;

import picocli.CommandLine.Command;

/** Groups the commands about kernel builds. */
@Command(
        name = "kernel",
        description = "Kernel builds: which one a file holds, which one runs, whether it is covered.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = KernelInspectCommand.class)
public final class KernelCommand {}
