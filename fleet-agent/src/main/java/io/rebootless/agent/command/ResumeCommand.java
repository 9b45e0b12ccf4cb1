package io.rebootless.agent.command;

import io.rebootless.agent.settings.SettingsException;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "resume",
        description = {
            "Lifts the hold that `revert` or `hold` has put on this host, and follows the server's last order again.",
            "",
            "Exits with what `status` would say. A hold by the mode file lasts until that says on, one by the kernel argument rebootless=… until a boot without it."
        })
final class ResumeCommand implements Callable<Integer> {
    @ParentCommand
    private AgentCommand agent = new AgentCommand();

    @Override
    public Integer call() throws IOException, SettingsException, InterruptedException {
        var settings = agent.settings();
        var workplace = Workplace.set(settings);
        workplace.state().liftHold();
        workplace.cycle().work(workplace.uplink());
        var status = Workplace.status(settings);
        System.out.println(status.text());
        return StatusCommand.exitCode(status.verdict());
    }
}
