package io.rebootless.cli.rollout;

import picocli.CommandLine.Command;

/** Groups the commands about plans for rollouts. */
@Command(
        name = "plan",
        description = {
            "Plans for rollouts: rings, thresholds, windows, approval.",
            "",
            "The plan called default applies to publications for which no other was chosen. A plan is JSON:"
                    + " `rebootless plan show careful --json` prints one to begin with."
        },
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {PlanListCommand.class, PlanShowCommand.class, PlanSetCommand.class, PlanDeleteCommand.class},
        footerHeading = "%nExamples%n",
        footer = {
            "  rebootless plan set weekend --file weekend.json",
            "  rebootless rollout plan 2026-12-01.1 --plan weekend"
        })
public final class PlanCommand {
    static final String NAME = "From `rebootless plan list`.";
}
