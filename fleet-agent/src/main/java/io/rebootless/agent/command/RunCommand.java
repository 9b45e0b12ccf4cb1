package io.rebootless.agent.command;

import io.rebootless.agent.cycle.Patrol.NotEnrolledException;
import io.rebootless.agent.settings.SettingsException;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "run",
        description = {
            "Runs until stopped: this is what the service does.",
            "",
            "After a boot it puts the last settled bundle back first, without needing the network. Then it asks the server what to run and carries it out. SIGTERM stops it in order; what is in force stays in force."
        })
final class RunCommand implements Callable<Integer> {
    @ParentCommand
    private AgentCommand agent = new AgentCommand();

    @Override
    public Integer call() throws IOException, SettingsException, InterruptedException, NotEnrolledException {
        Service.run(agent.settings());
        return ExitCode.OK;
    }
}
