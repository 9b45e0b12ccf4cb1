package io.rebootless.cli.bundle;

import picocli.CommandLine.Command;

/** Groups the commands about bundles. */
@Command(
        name = "bundle",
        description =
                "Bundles: a cumulative livepatch for one kernel build, or a change of trust, with the publishers' signatures.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            BundleCreateCommand.class,
            BundleSignCommand.class,
            BundleInspectCommand.class,
            BundleVerifyCommand.class,
            BundleUploadCommand.class,
            BundleListCommand.class,
            BundleShowCommand.class,
            BundleDownloadCommand.class,
            BundleWithdrawCommand.class
        })
public final class BundleCommand {}
