package io.rebootless.cli.trust;

import picocli.CommandLine.Command;

/** Groups the commands about trust bundles. */
@Command(
        name = "trust",
        description = {
            "Trust bundles: change whom hosts trust, without a reboot.",
            "",
            "A trust bundle names all the publishers to trust from then on. Those who are trusted now must sign it;"
                    + " those it names need not."
        },
        synopsisSubcommandLabel = "COMMAND",
        subcommands = TrustCreateCommand.class)
public final class TrustCommand {}
