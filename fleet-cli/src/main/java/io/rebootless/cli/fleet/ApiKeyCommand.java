package io.rebootless.cli.fleet;

import picocli.CommandLine.Command;

/** Groups the commands about API keys. */
@Command(
        name = "api-key",
        description = "API keys: who may do what on the server.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {ApiKeyCreateCommand.class, ApiKeyListCommand.class, ApiKeyRevokeCommand.class})
public final class ApiKeyCommand {}
