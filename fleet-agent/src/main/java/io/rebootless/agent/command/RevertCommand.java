package io.rebootless.agent.command;

import io.rebootless.agent.memory.Hold;
import io.rebootless.agent.settings.SettingsException;
import io.rebootless.wire.AgentState;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
        name = "revert",
        description = {
            "Turns the livepatch off now and holds this host, so that nothing is applied again before `resume` or the end given.",
            "",
            "Works while the service runs, and without a network. The hold outlasts reboots. The hold is in place at once; the command then waits until no task runs the patched code, as long as the settings allow a transition."
        })
final class RevertCommand implements Callable<Integer> {
    @ParentCommand
    private AgentCommand agent = new AgentCommand();

    @Spec
    private CommandSpec spec;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the fleet's status.")
    private String reason = "reverted by hand";

    @ArgGroup
    private @Nullable HoldEnd end;

    @Override
    public Integer call() throws IOException, SettingsException, InterruptedException {
        var workplace = Workplace.set(agent.settings());
        var hold = HoldCommand.hold(Hold.Mode.OFF, reason, end, workplace, spec);
        if (workplace.hold(hold).state() != AgentState.HELD) {
            return ExitCode.REFUSED;
        }
        System.out.println("✓ nothing of ours is in force, and this host is held: " + hold.words());
        System.out.println("  To have it patched again: rebootless-agent resume");
        return ExitCode.OK;
    }
}
