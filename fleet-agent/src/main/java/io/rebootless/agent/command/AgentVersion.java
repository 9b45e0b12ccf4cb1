package io.rebootless.agent.command;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** The agent's own version, from its jar. */
final class AgentVersion implements IVersionProvider {
    static String number() {
        return Optional.ofNullable(AgentVersion.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    @Override
    public String[] getVersion() {
        return new String[] {"rebootless-agent " + number()};
    }
}
