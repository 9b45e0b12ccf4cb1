package io.rebootless.cli.fleet;

import picocli.CommandLine.Command;

/** Groups the commands about hosts joining. */
@Command(
        name = "enrollment",
        description = "Enrolment keys: with one, a host joins the fleet.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {EnrollmentCreateCommand.class, EnrollmentListCommand.class, EnrollmentRevokeCommand.class})
public final class EnrollmentCommand {}
