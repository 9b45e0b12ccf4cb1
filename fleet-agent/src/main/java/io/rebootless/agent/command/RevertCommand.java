package io.rebootless.agent.command;

import io.rebootless.agent.cycle.Patrol.NotEnrolledException;
import io.rebootless.agent.cycle.Uplink;
import io.rebootless.agent.memory.Hold;
import io.rebootless.agent.settings.SettingsException;
import io.rebootless.wire.AgentState;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "revert",
        description = {
            "Turns the livepatch off now and holds this host, so that nothing is applied again before `resume`.",
            "",
            "Works while the service runs, and without a network. The hold outlasts reboots. The hold is in place at once; the command then waits until no task runs the patched code, as long as the settings allow a transition."
        })
final class RevertCommand implements Callable<Integer> {
    @ParentCommand
    private AgentCommand agent = new AgentCommand();

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the fleet's status.")
    private String reason = "reverted by hand";

    @Override
    public Integer call() throws IOException, SettingsException, InterruptedException, NotEnrolledException {
        var workplace = Workplace.set(agent.settings());
        var equipment = workplace.equipment();
        workplace.state().hold(Hold.Mode.OFF, reason, equipment.wall().instant());
        var standing = workplace.cycle().work(Uplink.NONE);
        var membership = workplace.state().membership();
        if (membership.isPresent()) {
            workplace.patrol().uplink(membership.get()).report();
        }
        if (standing.state() != AgentState.HELD) {
            return ExitCode.REFUSED;
        }
        System.out.println("✓ nothing of ours is in force, and this host is held: " + reason);
        System.out.println("  To have it patched again: rebootless-agent resume");
        return ExitCode.OK;
    }
}
