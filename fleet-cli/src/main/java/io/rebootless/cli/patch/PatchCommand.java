package io.rebootless.cli.patch;

import picocli.CommandLine.Command;

/** Groups the commands that make bundles out of a fix's source. */
@Command(
        name = "patch",
        description = {
            "From the source of a fix to bundles that were seen to work.",
            "",
            "A patch directory holds the fix, the kernel builds it is for and programs that find the flaw. These commands"
                    + " need a Debian machine with a compiler and QEMU, and no patch server; docs/publishing.md teaches them."
        },
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {PatchNewCommand.class, PatchBuildCommand.class, PatchTestCommand.class})
public final class PatchCommand {}
