package io.rebootless.cli.groups;

import picocli.CommandLine.Command;

/** Groups the commands about groups of hosts. */
@Command(
        name = "group",
        description = {
            "Groups of hosts: queries over labels, which people set, and facts, which hosts say of themselves.",
            "",
            "A query compares: env==prod, env!=prod, rack=in=(r1,r2), rack=out=(r1,r2), env=exists=true. In a value * stands"
                    + " for any text. Join comparisons by ; (and) or , (or), with parentheses. Facts begin with fact.:"
                    + " fact.os.id, fact.os.version, fact.kernel.release, fact.kernel.version, fact.kernel.machine,"
                    + " fact.kernel.build-id, fact.hostname, fact.agent.version."
        },
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {GroupListCommand.class, GroupShowCommand.class, GroupSetCommand.class, GroupDeleteCommand.class},
        footerHeading = "%nExamples%n",
        footer = {
            "  rebootless group set web-prod --query 'env==prod;role==web;fact.os.id==debian'",
            "  rebootless fleet status --group web-prod",
            "  rebootless host groups web-1"
        })
public final class GroupCommand {}
