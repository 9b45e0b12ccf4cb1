package io.rebootless.agent.command;

import picocli.CommandLine.IVersionProvider;

/** The agent's own version, from its jar. */
final class AgentVersion implements IVersionProvider {
    static String number() {
        return Workplace.agentVersion();
    }

    @Override
    public String[] getVersion() {
        return new String[] {"rebootless-agent " + number()};
    }
}
