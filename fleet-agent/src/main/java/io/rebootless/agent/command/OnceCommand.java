package io.rebootless.agent.command;

import io.rebootless.agent.cycle.Patrol.NotEnrolledException;
import io.rebootless.agent.settings.SettingsException;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "once",
        description = {
            "Asks the server once, carries its order out to the end, reports, and exits with what `status` would say.",
            "",
            "A bundle that was refused, or has failed a moment ago, is tried again."
        })
final class OnceCommand implements Callable<Integer> {
    @ParentCommand
    private AgentCommand agent = new AgentCommand();

    @Override
    public Integer call() throws IOException, SettingsException, InterruptedException, NotEnrolledException {
        var settings = agent.settings();
        var workplace = Workplace.set(settings);
        workplace.patrol().once();
        return StatusCommand.exitCode(Workplace.status(settings).verdict());
    }
}
