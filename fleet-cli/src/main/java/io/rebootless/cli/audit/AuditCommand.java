package io.rebootless.cli.audit;

import picocli.CommandLine.Command;

/** Groups the commands about the audit log. */
@Command(
        name = "audit",
        description = "The audit log: who changed what and when, chained so that tampering shows.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            AuditListCommand.class,
            AuditExportCommand.class,
            AuditHeadCommand.class,
            AuditVerifyCommand.class
        })
public final class AuditCommand {}
