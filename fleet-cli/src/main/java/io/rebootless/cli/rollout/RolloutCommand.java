package io.rebootless.cli.rollout;

import picocli.CommandLine.Command;

/** Groups the commands about rollouts. */
@Command(
        name = "rollout",
        description = {
            "How a publication reaches the hosts: ring by ring, each kernel build by itself.",
            "",
            "A rollout begins when a bundle is published, and stops by itself when hosts crash, fall silent or fail. Without"
                    + " a plan of yours it reaches 1 %% of the hosts, at least one, then 10 %%, 50 %%, and all."
        },
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            RolloutListCommand.class,
            RolloutShowCommand.class,
            RolloutHostsCommand.class,
            RolloutPlanCommand.class,
            RolloutApproveCommand.class,
            RolloutPauseCommand.class,
            RolloutResumeCommand.class,
            RolloutAbortCommand.class
        },
        footerHeading = "%nExamples%n",
        footer = {
            "  rebootless rollout show 2026-11-22.1",
            "  rebootless rollout hosts 2026-11-22.1 --state incident",
            "  rebootless rollout pause 2026-11-22.1 --reason 'the shop is busy'",
            "  rebootless rollout plan 2026-12-01.1 --plan weekend     before it is published"
        })
public final class RolloutCommand {
    static final String PUBLICATION = "The publication's name, from `rebootless rollout list`.";
}
