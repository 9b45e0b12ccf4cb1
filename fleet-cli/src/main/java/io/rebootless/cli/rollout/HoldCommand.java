package io.rebootless.cli.rollout;

import picocli.CommandLine.Command;

/** Groups the commands about what holds hosts back. */
@Command(
        name = "hold",
        description = {
            "Holds hosts back: one, a group, or the whole fleet, whatever is published.",
            "",
            "A hold has an owner, a reason and, but for `hold none`, an end; what it would touch is shown first. The host's"
                    + " own operator can hold it, too: `rebootless-agent hold`."
        },
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            HoldStayCommand.class,
            HoldLevelCommand.class,
            HoldDateCommand.class,
            HoldNoneCommand.class,
            HoldListCommand.class,
            HoldLiftCommand.class
        },
        footerHeading = "%nExamples%n",
        footer = {
            "  rebootless hold stay --host web-1 --for P7D --owner ops --reason 'a measurement is running'",
            "  rebootless hold level 3 --group web-prod --for P30D --owner ops --reason 'level 4 is slow here'",
            "  rebootless hold date 2026-12-15T00:00:00Z --all --for P21D --owner ops --reason 'the year ends'",
            "  rebootless hold none --all --owner ops --reason 'emergency: revert everything'"
        })
public final class HoldCommand {}
