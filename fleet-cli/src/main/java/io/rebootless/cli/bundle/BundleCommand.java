package io.rebootless.cli.bundle;

import picocli.CommandLine.Command;

/** Groups the commands about bundles. */
@Command(
        name = "bundle",
        description = "Bundles: a cumulative livepatch for one kernel build, with its publishers' signatures.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            BundleCreateCommand.class,
            BundleSignCommand.class,
            BundleInspectCommand.class,
            BundleVerifyCommand.class,
            BundleUploadCommand.class
        })
public final class BundleCommand {}
